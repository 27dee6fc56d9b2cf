#include "storage/cassandra/log_tables.h"

#include <array>

namespace parley::storage::cassandra {
namespace {

// Rows that the log orders are written USING TIMESTAMP of its seq, not of the time of day: so
// compaction by time windows is for `active` alone.
constexpr std::array<std::string_view, 7> kTables = {
    // The log. Written by conditional batches alone; a partition ends after 1,000 entries.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.log (
         conversation uuid, bucket bigint, class tinyint, seq bigint,
         head_seq bigint static, head blob static, entry blob,
         PRIMARY KEY ((conversation, bucket), class, seq)))",

    // What a conversation is, and up to which seq its effects are written.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.conversations (
         conversation uuid PRIMARY KEY,
         info blob, applied bigint, applied_at timestamp))",

    // Who is in a conversation; who left, for 90 days.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.members (
         conversation uuid, user uuid, member blob,
         PRIMARY KEY (conversation, user)))",

    // The other direction, with the positions of each stay. Stay 0 is the membership itself.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.memberships (
         user uuid, conversation uuid, stay bigint,
         member blob,
         read_seq bigint, read_n bigint, read_at timestamp,
         delivered_seq bigint, delivered_at timestamp,
         PRIMARY KEY (user, conversation, stay)))",

    // Which sends are which entries; a day longer than anybody may ask.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.sent (
         conversation uuid, sender uuid, client_id uuid, sent blob,
         PRIMARY KEY ((conversation, sender, client_id)))
       WITH default_time_to_live = 2678400)",

    R"(CREATE TABLE IF NOT EXISTS {keyspace}.mentions (
         user uuid, conversation uuid, seq bigint,
         PRIMARY KEY ((user, conversation), seq)))",

    // Where somebody may have appended in a minute. Nothing is ever deleted or read after a day, so
    // files go as a whole; what is repaired or handed over late is so within three hours.
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.active (
         minute bigint, shard int, conversation uuid,
         PRIMARY KEY ((minute, shard), conversation))
       WITH default_time_to_live = 90000 AND gc_grace_seconds = 10800
       AND compaction = {'class': 'TimeWindowCompactionStrategy',
                         'compaction_window_unit': 'HOURS', 'compaction_window_size': 2})",
};

}  // namespace

std::span<const std::string_view> LogTables() { return kTables; }

}  // namespace parley::storage::cassandra
