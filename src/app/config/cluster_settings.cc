#include "app/config/cluster_settings.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "app/config/bind.h"
#include "storage/cached/redis/redis_url.h"

namespace parley::app {
namespace {

using Table = std::vector<Setting>;

bool IsAnything(std::string_view text) { return text.find('\0') == std::string_view::npos; }

bool IsHostPort(std::string_view text) {
  const std::optional<HostPort> read = ParseHostPort(text);
  return read && read->port != 0;
}

/// Names that need no quotes in CQL and in subjects of NATS.
bool IsPlainName(std::string_view text) {
  return !text.empty() && text.size() <= 48 && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

bool IsWord(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return std::isgraph(static_cast<unsigned char>(c)) != 0;
  });
}

bool IsNodeName(std::string_view text) {
  return text.size() <= 64 && (text.empty() || IsWord(text));
}

bool IsNatsUrl(std::string_view text) {
  constexpr std::string_view kSchemes[] = {"nats://", "tls://"};
  return std::ranges::any_of(kSchemes, [&](std::string_view scheme) {
    return text.starts_with(scheme) && IsHostPort(text.substr(scheme.size()));
  });
}

bool IsRedisUrl(std::string_view text) { return storage::cached::ParseRedisUrl(text).ok(); }

Setting Secret(Setting setting) {
  setting.secret = true;
  return setting;
}

void AddCassandra(Table& table) {
  table.push_back(ListSetting(
      {"storage.cassandra.hosts", "Some nodes of the cluster; the others are learnt from them."},
      "a list of HOST:PORT, such as 10.0.0.1:9042", IsHostPort,
      PARLEY_FIELD(storage.cassandra.hosts)));
  table.push_back(TextSetting({"storage.cassandra.keyspace",
                               "Where the tables are; made at the first start if it is missing."},
                              "lower-case letters, digits and _", IsPlainName,
                              PARLEY_FIELD(storage.cassandra.keyspace)));
  table.push_back(TextSetting(
      {"storage.cassandra.datacenter", "The data center that this server reads and writes in."},
      "a name without blanks", IsWord, PARLEY_FIELD(storage.cassandra.datacenter)));
  table.push_back(
      IntegerSetting({"storage.cassandra.replication",
                      "Copies of each row in that data center, when the keyspace is made. With "
                      "less than 3 the loss of one node stops writing, or loses messages."},
                     "copies", {1, 9}, PARLEY_FIELD(storage.cassandra.replication)));
  table.push_back(TextSetting({"storage.cassandra.username", "Empty: without authentication."},
                              "a text", IsAnything, PARLEY_FIELD(storage.cassandra.username)));
  table.push_back(Secret(TextSetting({"storage.cassandra.password", "Of that user."}, "a text",
                                     IsAnything, PARLEY_FIELD(storage.cassandra.password))));
  table.push_back(TextSetting(
      {"storage.cassandra.ca_file",
       "The certificates (PEM) that vouch for the cluster; empty: connections without TLS."},
      "empty, or the path of a file", IsAnything, PARLEY_FIELD(storage.cassandra.ca_file)));
  table.push_back(IntegerSetting({"storage.cassandra.timeout_ms",
                                  "After which a statement is given up; conditional ones "
                                  "after twice that."},
                                 "ms", {100, 120'000}, PARLEY_FIELD(storage.cassandra.timeout)));
  table.push_back(IntegerSetting({"storage.cassandra.threads",
                                  "Threads of the driver; more only where one is "
                                  "busy all the time, since each request then wakes several."},
                                 "", {1, 64}, PARLEY_FIELD(storage.cassandra.threads)));
  table.push_back(IntegerSetting(
      {"storage.cassandra.max_in_flight", "Statements under way at once; further ones wait."},
      "statements", {16, 100'000}, PARLEY_FIELD(storage.cassandra.max_in_flight)));
  table.push_back(IntegerSetting(
      {"storage.cassandra.queue",
       "Statements that may wait for that; further ones are refused with `unavailable`."},
      "statements", {16, 10'000'000}, PARLEY_FIELD(storage.cassandra.queue)));
  table.push_back(
      IntegerSetting({"storage.cassandra.batch_bytes",
                      "Largest group commit of one conversation; a quarter of Cassandra's "
                      "commitlog_segment_size at most, or it refuses them."},
                     "bytes", {64 * 1024, 16 << 20}, PARLEY_FIELD(storage.cassandra.batch_bytes)));
}

void AddSharedCache(Table& table) {
  table.push_back(IntegerSetting({"cache.max_age_ms",
                                  "With several nodes: so old may be what one believes of sessions "
                                  "and people; what Redis keeps of people comes on top."},
                                 "ms", {0, 60'000}, PARLEY_FIELD(cache.max_age)));
  table.push_back(Secret(ListSetting(
      {"cache.redis.urls",
       "The Redis servers that all nodes share as a cache in front of Cassandra, in the same order "
       "on each node: the keys are spread over them. Empty: none."},
      "a list of redis://:PASSWORD@HOST:PORT", IsRedisUrl, PARLEY_FIELD(cache.redis.urls))));
  table.push_back(TextSetting(
      {"cache.redis.prefix", "In front of every key there: two installations need two."},
      "lower-case letters, digits and _", IsPlainName, PARLEY_FIELD(cache.redis.prefix)));
  table.push_back(
      IntegerSetting({"cache.redis.timeout_ms", "A read that takes longer goes to the database."},
                     "ms", {1, 10'000}, PARLEY_FIELD(cache.redis.timeout)));
  const auto add_ttl = [&table](std::string_view name, std::string_view meaning, auto field) {
    table.push_back(IntegerSetting({name, meaning}, "ms", {100, 86'400'000}, field));
  };
  add_ttl("cache.redis.head_ttl_ms",
          "So long Redis keeps where a conversation ends, if the news of a change do not reach it.",
          PARLEY_FIELD(cache.redis.head_ttl));
  add_ttl("cache.redis.body_ttl_ms", "The same of a conversation's title and members.",
          PARLEY_FIELD(cache.redis.body_ttl));
  add_ttl("cache.redis.user_ttl_ms", "The same of people.", PARLEY_FIELD(cache.redis.user_ttl));
  add_ttl("cache.redis.page_ttl_ms", "The same of pages of history, which never change.",
          PARLEY_FIELD(cache.redis.page_ttl));
}

void AddBus(Table& table) {
  table.push_back(ChoiceSetting<BusEngine>(
      {"bus.engine",
       "What carries events between servers: nothing, for a single one; or NATS, for those that "
       "share a Cassandra cluster."},
      {{"local", BusEngine::kLocal}, {"nats", BusEngine::kNats}}, PARLEY_FIELD(bus.engine)));
  table.push_back(ListSetting({"bus.nats.urls", "The servers of NATS."},
                              "a list of nats://HOST:PORT or tls://HOST:PORT", IsNatsUrl,
                              PARLEY_FIELD(bus.nats.urls)));
  table.push_back(TextSetting({"bus.nats.username", "Empty: without authentication."}, "a text",
                              IsAnything, PARLEY_FIELD(bus.nats.username)));
  table.push_back(Secret(TextSetting({"bus.nats.password", "Of that user."}, "a text", IsAnything,
                                     PARLEY_FIELD(bus.nats.password))));
  table.push_back(
      TextSetting({"bus.nats.ca_file", "The certificates (PEM) that vouch for tls:// servers."},
                  "empty, or the path of a file", IsAnything, PARLEY_FIELD(bus.nats.ca_file)));
  table.push_back(
      TextSetting({"bus.nats.prefix", "In front of every subject: two installations need two."},
                  "lower-case letters, digits and _", IsPlainName, PARLEY_FIELD(bus.nats.prefix)));
  table.push_back(IntegerSetting({"bus.heartbeat_ms", "How often a node says that it lives."}, "ms",
                                 {50, 60'000}, PARLEY_FIELD(bus.heartbeat)));
  table.push_back(
      IntegerSetting({"bus.silence_ms", "After so long without a heartbeat a node counts as gone."},
                     "ms", {150, 600'000}, PARLEY_FIELD(bus.silence)));
  table.push_back(IntegerSetting(
      {"bus.forward_timeout_ms",
       "So long the node that looks after a conversation may take for a command, before the one "
       "that got it runs it by itself."},
      "ms", {100, 120'000}, PARLEY_FIELD(bus.forward_timeout)));
  table.push_back(
      IntegerSetting({"bus.max_clock_offset_ms",
                      "A node whose clock is further off the others' is not ready, and says so."},
                     "ms", {100, 60'000}, PARLEY_FIELD(bus.max_clock_offset)));
}

}  // namespace

void AddCluster(Table& table) {
  table.push_back(TextSetting(
      {"node.name", "What this server is called in logs of the others; empty: its `listen`."},
      "at most 64 characters without blanks", IsNodeName, PARLEY_FIELD(node_name)));
  AddCassandra(table);
  AddSharedCache(table);
  AddBus(table);
}

}  // namespace parley::app
