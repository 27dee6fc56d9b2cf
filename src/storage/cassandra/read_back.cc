#include "storage/cassandra/read_back.h"

#include <chrono>
#include <future>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "storage/cassandra/log_buckets.h"
#include "storage/cassandra/search_rows.h"
#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

constexpr int kRows = 1'000;
/// Of rows that may have a text of the greatest length each.
constexpr int kLogRows = 300;
/// A page of a walk may have to pass many rows that are over.
constexpr std::chrono::milliseconds kTimeout{30'000};

using Found = Result<std::optional<Record>>;

std::string Bytes(Cell cell) { return std::string(cell.value_or("")); }

/// As in a key: the highest byte first. A bigint is stored so.
std::string SeqBytes(Seq seq) { return SeqValue(seq).value_or(""); }

/// Key and value as they are; nothing where there is no value.
Found Plain(const Row& row) {
  if (!row[1]) return std::optional<Record>();
  return std::optional(Record{.key = Bytes(row[0]), .value = Bytes(row[1])});
}

Found Time(const Row& row) {
  if (!row[0]) return std::optional<Record>();
  return std::optional(Record{.key = {}, .value = Bytes(row[0])});
}

/// A key of several columns, then the value. A row without its last key column is a partition's
/// static columns alone.
Found Joined(const Row& row, std::size_t keys) {
  if (!row[keys - 1] || !row[keys]) return std::optional<Record>();
  Record record;
  for (std::size_t i = 0; i < keys; ++i) record.key += Bytes(row[i]);
  record.value = Bytes(row[keys]);
  return std::optional(std::move(record));
}
Found Joined2(const Row& row) { return Joined(row, 2); }
Found Joined3(const Row& row) { return Joined(row, 3); }

Found UserSession(const Row& row) {
  return std::optional(Record{.key = Bytes(row[1]) + Bytes(row[2]), .value = Bytes(row[0])});
}

Found SearchTerm(const Row& row) {
  PARLEY_ASSIGN(const std::string_view term, ReadBlob(row[1]));
  if (SearchPartition(term) != Bytes(row[0])) return DataLoss("a search term lies elsewhere");
  std::string key(term);
  key.push_back('\0');
  return std::optional(Record{.key = key + Bytes(row[2]), .value = Bytes(row[3])});
}

Found AdminClaim(const Row& row) {
  return std::optional(Record{.key = Bytes(row[0]), .value = {}});
}

/// Of both kinds of keys, those that are tokens.
Found InvitationToken(const Row& row) {
  if (Bytes(row[0]).size() == Uuid::kSize) return std::optional<Record>();
  return Plain(row);
}

/// The hash of the token is before the record.
Found PasswordReset(const Row& row) {
  if (!row[1]) return std::optional<Record>();
  const std::string bytes = Bytes(row[1]);
  const std::size_t hash = std::min(bytes.size(), std::tuple_size_v<TokenHash>);
  return std::optional(Record{.key = bytes.substr(0, hash), .value = bytes.substr(hash)});
}

Found PartHead(const Row& row) {
  const Cell bytes = row[2];
  if (!bytes) return std::optional<Record>();
  PARLEY_ASSIGN(const Head head, wire::ReadHeadRecord(*bytes));
  PARLEY_ASSIGN(const std::int64_t bucket, ReadBigint(row[1]));
  if (BucketOf(head.seq) != bucket) return DataLoss("a head lies in another part of its log");
  return std::optional(Record{.key = Bytes(row[0]) + SeqBytes(head.seq), .value = Bytes(row[2])});
}

Found LogEntry(const Row& row) {
  if (!row[3]) return std::optional<Record>();
  PARLEY_ASSIGN(const Seq seq, ReadSeq(row[3]));
  PARLEY_ASSIGN(const std::int64_t bucket, ReadBigint(row[1]));
  if (BucketOf(seq) != bucket) return DataLoss("an entry lies in another part of its log");
  return std::optional(
      Record{.key = Bytes(row[0]) + Bytes(row[2]) + Bytes(row[3]), .value = Bytes(row[4])});
}

Found Membership(const Row& row) {
  PARLEY_ASSIGN(const Seq stay, ReadSeq(row[2]));
  if (stay != Seq() || !row[3]) return std::optional<Record>();
  return std::optional(Record{.key = Bytes(row[0]) + Bytes(row[1]), .value = Bytes(row[3])});
}

Found StayPosition(const Row& row) {
  PARLEY_ASSIGN(const Seq stay, ReadSeq(row[2]));
  if (stay == Seq()) return std::optional<Record>();
  wire::PositionRecord position{.joined_seq = stay, .position = {}, .at = {}};
  if (row[3]) {
    PARLEY_ASSIGN(position.position.read, ReadSeq(row[3]));
    PARLEY_ASSIGN(const std::int64_t n, ReadBigint(row[4]));
    position.position.read_n = static_cast<std::uint64_t>(n);
    PARLEY_ASSIGN(position.at, ReadTimestamp(row[5]));
  }
  if (row[6]) {
    PARLEY_ASSIGN(position.position.delivered, ReadSeq(row[6]));
    PARLEY_ASSIGN(const TimePoint at, ReadTimestamp(row[7]));
    position.at = std::max(position.at, at);
  }
  Record record{.key = Bytes(row[0]) + Bytes(row[1]), .value = {}};
  wire::AppendRecord(record.value, position);
  return std::optional(std::move(record));
}

Found Mention(const Row& row) {
  return std::optional(Record{.key = Bytes(row[0]) + Bytes(row[1]) + Bytes(row[2]), .value = {}});
}

/// How a kind is read: what is selected, and a record of a row of it.
struct Walk {
  std::string_view cql;
  int page_size;
  Found (*record)(const Row& row);
};

// In the order of RecordKind.
constexpr std::array<Walk, kRecordKinds> kWalks = {{
    {"SELECT name, key FROM {keyspace}.secret_keys", kRows, Plain},
    {"SELECT name, value FROM {keyspace}.settings", kRows, Plain},
    {"SELECT at FROM {keyspace}.fleet_times", kRows, Time},
    {"SELECT DISTINCT user_id, profile FROM {keyspace}.users", kRows, Plain},
    {"SELECT name, user_id FROM {keyspace}.usernames", kRows, Plain},
    {"SELECT DISTINCT user_id, password_hash FROM {keyspace}.users", kRows, Plain},
    {"SELECT token_hash, session FROM {keyspace}.users", kRows, Plain},
    {"SELECT token_hash, user_id, session_id FROM {keyspace}.session_tokens", kRows, UserSession},
    {"SELECT user_id, session_id, last_used_at FROM {keyspace}.session_uses", kRows, Joined2},
    {"SELECT prefix, term, user_id, username FROM {keyspace}.search_terms", kRows, SearchTerm},
    {"SELECT token_hash FROM {keyspace}.admin_claims", kRows, AdminClaim},
    {"SELECT id, invitation FROM {keyspace}.invitations", kRows, Plain},
    {"SELECT key, id FROM {keyspace}.invitation_keys", kRows, InvitationToken},
    {"SELECT DISTINCT user_id, reset FROM {keyspace}.users", kRows, PasswordReset},
    {"SELECT id, entry FROM {keyspace}.audit", kRows, Plain},
    {"SELECT conversation, info FROM {keyspace}.conversations", kRows, Plain},
    {"SELECT DISTINCT conversation, bucket, head FROM {keyspace}.log", kRows, PartHead},
    {"SELECT conversation, bucket, class, seq, entry FROM {keyspace}.log", kLogRows, LogEntry},
    {"SELECT conversation, user, member FROM {keyspace}.members", kRows, Joined2},
    {"SELECT user, conversation, stay, member FROM {keyspace}.memberships", kRows, Membership},
    {"SELECT user, conversation, stay, read_seq, read_n, read_at, delivered_seq, delivered_at "
     "FROM {keyspace}.memberships",
     kRows, StayPosition},
    {"SELECT conversation, sender, client_id, sent FROM {keyspace}.sent", kRows, Joined3},
    {"SELECT user, conversation, seq FROM {keyspace}.mentions", kRows, Mention},
}};

}  // namespace

Status ReadBack::Prepare() {
  for (std::size_t i = 0; i < kRecordKinds; ++i) {
    PARLEY_ASSIGN(walks_[i],
                  session_.Prepare(
                      fmt::format("read_back.{}", RecordKindName(static_cast<RecordKind>(i))),
                      std::string(kWalks[i].cql),
                      {.idempotent = true, .page_size = kWalks[i].page_size, .timeout = kTimeout}));
  }
  return Status::Ok();
}

Result<RecordPage> ReadBack::Read(RecordKind kind, std::string_view from) {
  const auto index = static_cast<std::size_t>(kind);
  std::promise<Result<Rows>> promise;
  std::future<Result<Rows>> answer = promise.get_future();
  session_.Execute(Bind(*walks_.at(index)), std::string(from),
                   [&promise](Result<Rows> rows) { promise.set_value(std::move(rows)); });
  PARLEY_ASSIGN(const Rows rows, answer.get());
  RecordPage page{.records = {}, .next = rows.next_page()};
  page.records.reserve(rows.size());
  for (const Row row : rows) {
    PARLEY_ASSIGN(std::optional<Record> record, kWalks.at(index).record(row));
    if (record) page.records.push_back(*std::move(record));
  }
  return page;
}

}  // namespace parley::storage::cassandra
