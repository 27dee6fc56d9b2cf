#include <string>
#include <string_view>
#include <vector>
#include <arpa/inet.h>

#include "app/config/bind.h"
#include "app/config/cluster_settings.h"
#include "app/config/rate_settings.h"
#include "app/config/setting.h"

namespace parley::app {
namespace {

using auth::InvitationMode;
using auth::SearchMode;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kHourMs = 3'600'000;
/// A frame holds a text of the greatest length in its longest form: six bytes for each that JSON
/// escapes.
constexpr Range kTextBytes{1, 32'000};
constexpr Range kFrameBytes{256 * 1024, 16 * kMiB};
constexpr Range kTimeout{100, kHourMs};
constexpr Range kCacheBytes{0, std::int64_t{1} << 40};

bool IsPath(std::string_view text) {
  return !text.empty() && text.find('\0') == std::string_view::npos;
}

/// "10.0.0.1", "10.0.0.0/8", "::1", "fd00::/8".
bool IsNetwork(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  unsigned char bytes[sizeof(in6_addr)];
  const bool is_ipv4 = inet_pton(AF_INET, address.c_str(), bytes) == 1;
  if (!is_ipv4 && inet_pton(AF_INET6, address.c_str(), bytes) != 1) return false;
  if (slash == std::string_view::npos) return true;
  const std::optional<std::int64_t> bits =
      ReadInteger(UntypedText{std::string(text.substr(slash + 1))});
  return bits && *bits >= 0 && *bits <= (is_ipv4 ? 32 : 128);
}

/// "https://chat.example", "http://localhost:5173": scheme, host and perhaps port, as in an Origin
/// header.
bool IsOrigin(std::string_view text) {
  constexpr std::string_view kSchemes[] = {"http://", "https://"};
  for (const std::string_view scheme : kSchemes) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    return !rest.empty() && rest.find_first_of("/?#@ \t*") == std::string_view::npos;
  }
  return false;
}

bool IsOriginOrEmpty(std::string_view text) { return text.empty() || IsOrigin(text); }

using Table = std::vector<Setting>;

void AddGeneral(Table& table) {
  table.push_back(TextSetting(
      {"data_dir",
       "The folder that holds everything the server keeps; relative to where it is started."},
      "the path of a folder", IsPath, PARLEY_FIELD(data_dir)));
  table.push_back(HostPortSetting(
      {"listen", "Where the API and the web app are served; port 0 takes a free one."},
      PARLEY_FIELD(listen)));
  table.push_back(HostPortSetting(
      {"ops_listen", "Where /healthz, /readyz and /metrics are served; keep it private."},
      PARLEY_FIELD(ops_listen)));
  table.push_back(
      IntegerSetting({"threads", "Threads that serve connections; 0 takes one per core."}, "",
                     {0, 256}, PARLEY_FIELD(threads)));
  table.push_back(Reloadable(
      ChoiceSetting<LogLevel>({"log.level", "The least important lines that are logged."},
                              {{"debug", LogLevel::kDebug},
                               {"info", LogLevel::kInfo},
                               {"warning", LogLevel::kWarning},
                               {"error", LogLevel::kError}},
                              PARLEY_FIELD(log.level))));
  table.push_back(ChoiceSetting<LogFormat>(
      {"log.format", "Lines for people, or JSON objects for programs, on standard error."},
      {{"text", LogFormat::kText}, {"json", LogFormat::kJson}}, PARLEY_FIELD(log.format)));
  table.push_back(
      ChoiceSetting<RegistrationMode>({"accounts.registration",
                                       "Who may make an account, until an administrator sets it "
                                       "in the app: then that counts."},
                                      {{"open", RegistrationMode::kOpen},
                                       {"invitation", RegistrationMode::kInvitation},
                                       {"closed", RegistrationMode::kClosed}},
                                      PARLEY_FIELD(accounts.registration)));
  table.push_back(ChoiceSetting<InvitationMode>(
      {"accounts.invitations", "Who may make invitations."},
      {{"everyone", InvitationMode::kEveryone}, {"admins", InvitationMode::kAdmins}},
      PARLEY_FIELD(accounts.invitations)));
  table.push_back(
      IntegerSetting({"accounts.audit_days", "So long it is kept what administrators did."}, "days",
                     {1, 36'500}, PARLEY_FIELD(audit_days)));
  table.push_back(ChoiceSetting<SearchMode>(
      {"people.search",
       "How people are found: by the start of username or display name, by the whole username, or "
       "not at all."},
      {{"prefix", SearchMode::kPrefix}, {"exact", SearchMode::kExact}, {"off", SearchMode::kOff}},
      PARLEY_FIELD(accounts.search)));
}

void AddLimits(Table& table) {
  table.push_back(BooleanSetting({"limits.enabled",
                                  "Rates, and connections per address and account. Turn off for "
                                  "load tests only; the limits below always hold."},
                                 PARLEY_FIELD(limits_enabled)));
  table.push_back(
      Reloadable(IntegerSetting({"limits.text_bytes", "Longest text of a message, in UTF-8."},
                                "bytes", kTextBytes, PARLEY_FIELD(limits.text_bytes))));
  table.push_back(
      Reloadable(IntegerSetting({"limits.title_chars", "Longest title of a group."}, "characters",
                                {1, 1'000}, PARLEY_FIELD(limits.title_chars))));
  table.push_back(Reloadable(IntegerSetting({"limits.display_name_chars", "Longest display name."},
                                            "characters", {32, 1'000},
                                            PARLEY_FIELD(limits.display_name_chars))));
  table.push_back(
      Reloadable(IntegerSetting({"limits.group_members", "Most members of a group."}, "people",
                                {2, 100'000}, PARLEY_FIELD(limits.group_members))));
  table.push_back(Reloadable(IntegerSetting(
      {"limits.conversations_per_person", "Most conversations that one person is in."},
      "conversations", {10, 100'000}, PARLEY_FIELD(limits.conversations_per_person))));
  table.push_back(Reloadable(IntegerSetting(
      {"limits.sessions_per_person",
       "Most signed-in devices of one person; beyond, the least recently used one is signed out."},
      "sessions", {1, 10'000}, PARLEY_FIELD(limits.sessions_per_person))));
  table.push_back(Reloadable(IntegerSetting(
      {"limits.invitations_per_person", "Most invitations of one person that can still be used."},
      "invitations", {1, 10'000}, PARLEY_FIELD(limits.invitations_per_person))));
  table.push_back(Reloadable(
      IntegerSetting({"limits.media_per_message", "Most pictures, videos and files of a message."},
                     "items", {1, 100}, PARLEY_FIELD(limits.media_per_message))));
  table.push_back(IntegerSetting({"limits.body_bytes", "Largest body of an HTTP request."}, "bytes",
                                 kFrameBytes, PARLEY_FIELD(limits.body_bytes)));
  table.push_back(IntegerSetting({"limits.frame_bytes", "Largest WebSocket message, both ways."},
                                 "bytes", kFrameBytes, PARLEY_FIELD(limits.frame_bytes)));
  table.push_back(IntegerSetting(
      {"limits.waiting_bytes",
       "What all commands that wait for their answers may take together, about; further ones are "
       "refused with `unavailable`."},
      "bytes", {kMiB, std::int64_t{1} << 40}, PARLEY_FIELD(waiting_bytes)));
  table.push_back(
      IntegerSetting({"receipts.max_members",
                      "In larger conversations nobody is told how far the others have read, or "
                      "that they type, nor of new profiles."},
                     "people", {0, 100'000}, PARLEY_FIELD(receipts_max_members)));
  table.push_back(IntegerSetting({"presence.linger_ms",
                                  "So long somebody stays online after their last connection, so "
                                  "that a reconnect does not show."},
                                 "ms", {0, 60'000}, PARLEY_FIELD(presence_linger)));
}

void AddServer(Table& table) {
  table.push_back(TextSetting(
      {"server.public_url", "Where people reach the server, for links; empty: as they came."},
      "empty, or a URL without a path, such as https://chat.example", IsOriginOrEmpty,
      PARLEY_FIELD(server.public_url)));
  table.push_back(ListSetting({"server.trusted_proxies",
                               "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."},
                              "a list of addresses and networks, such as 10.0.0.0/8", IsNetwork,
                              PARLEY_FIELD(server.trusted_proxies)));
  table.push_back(ListSetting(
      {"server.allowed_origins", "Other web sites whose pages may use the API with the cookie."},
      "a list of origins, such as https://chat.example", IsOrigin,
      PARLEY_FIELD(server.allowed_origins)));
  table.push_back(
      IntegerSetting({"server.header_bytes", "Largest request line and headers together."}, "bytes",
                     {1024, kMiB}, PARLEY_FIELD(server.options.header_bytes)));
  table.push_back(IntegerSetting(
      {"server.header_timeout_ms",
       "From the first byte of a request, and from the start of a connection to that of its first "
       "request, to the end of the headers."},
      "ms", kTimeout, PARLEY_FIELD(server.options.header_timeout)));
  table.push_back(
      IntegerSetting({"server.body_timeout_ms",
                      "For the body after the headers; for a WebSocket message after its start."},
                     "ms", kTimeout, PARLEY_FIELD(server.options.body_timeout)));
  table.push_back(
      IntegerSetting({"server.idle_timeout_ms", "Between the requests of a connection."}, "ms",
                     kTimeout, PARLEY_FIELD(server.options.idle_timeout)));
  table.push_back(
      IntegerSetting({"server.heartbeat_ms",
                      "Between WebSocket pings; two that are not answered end the connection, the "
                      "second after half of this."},
                     "ms", kTimeout, PARLEY_FIELD(server.options.heartbeat)));
  table.push_back(IntegerSetting(
      {"server.close_timeout_ms", "From the server's close frame to the end of the connection."},
      "ms", kTimeout, PARLEY_FIELD(server.options.close_timeout)));
  table.push_back(IntegerSetting(
      {"server.reading_bytes",
       "What requests of strangers that are being read and answered may hold together beyond 4 KiB "
       "of each; as much those of people who are signed in, and WebSocket messages that are being "
       "read. Further ones get 503, or are closed with 1013."},
      "bytes", {kMiB, 1024 * 1024 * kMiB}, PARLEY_FIELD(server.options.reading_bytes)));
  table.push_back(IntegerSetting(
      {"server.outbox_bytes",
       "What may wait for a slow reader before it is disconnected; at least limits.frame_bytes."},
      "bytes", {kFrameBytes.min, 1024 * kMiB}, PARLEY_FIELD(server.options.outbox_bytes)));
  table.push_back(IntegerSetting({"server.outbox_frames", "The same, counted in frames."}, "frames",
                                 {16, 1'000'000}, PARLEY_FIELD(server.options.outbox_frames)));
  table.push_back(IntegerSetting(
      {"server.extra_frames_per_second",
       "Pings, pongs and unfinished fragments that one WebSocket may send, ten seconds' worth at "
       "once; beyond, it is closed with 4008. 0: no limit."},
      "frames/s", {0, 1'000'000}, PARLEY_FIELD(server.options.extra_frames_per_second)));
  table.push_back(IntegerSetting(
      {"server.max_connections",
       "Open connections; further ones are answered 503 and closed. Mind `ulimit -n`."},
      "connections", {1, 10'000'000}, PARLEY_FIELD(server.options.max_connections)));
  table.push_back(IntegerSetting(
      {"server.max_connections_per_address",
       "The same of one address (IPv6: one /64). Of server.trusted_proxies only WebSockets count, "
       "for "
       "the addresses that they name; those are closed with 4008. 0: no limit; off with "
       "limits.enabled."},
      "connections", {0, 10'000'000}, PARLEY_FIELD(server.options.max_connections_per_address)));
  table.push_back(IntegerSetting(
      {"server.max_websockets_per_account",
       "WebSockets of one account; further ones are closed with 4008. 0: no limit; "
       "off with limits.enabled."},
      "connections", {0, 10'000'000}, PARLEY_FIELD(server.max_websockets_per_account)));
  table.push_back(IntegerSetting(
      {"server.max_arrivals",
       "WebSockets whose session is looked up at a time, and as many whose conversations are "
       "compared with the client's; further ones wait in order, so that thousands who come back at "
       "once do not all fail. 0: no limit."},
      "connections", {0, 1'000'000}, PARLEY_FIELD(server.max_arrivals)));
  table.push_back(
      IntegerSetting({"server.drain_ms", "At the end WebSockets are closed spread over this time."},
                     "ms", {0, 600'000}, PARLEY_FIELD(server.drain)));
}

void AddStorage(Table& table) {
  table.push_back(ChoiceSetting<StorageEngine>(
      {"storage.engine",
       "Where data is kept: RocksDB in data_dir, a Cassandra cluster that any number of servers "
       "share, or in memory alone until the server ends."},
      {{"rocksdb", StorageEngine::kRocksDb},
       {"cassandra", StorageEngine::kCassandra},
       {"memory", StorageEngine::kMemory}},
      PARLEY_FIELD(storage.engine)));
  table.push_back(
      IntegerSetting({"storage.block_cache_bytes", "RocksDB's cache of what it has read."}, "bytes",
                     kCacheBytes, PARLEY_FIELD(storage.block_cache_bytes)));
  table.push_back(IntegerSetting(
      {"storage.write_buffer_bytes", "What RocksDB gathers in memory before it writes a file."},
      "bytes", {kMiB, 4096 * kMiB}, PARLEY_FIELD(storage.write_buffer_bytes)));
  table.push_back(
      IntegerSetting({"storage.read_threads", "Threads for reads that may touch the disk."}, "",
                     {1, 256}, PARLEY_FIELD(storage.read_threads)));
  table.push_back(IntegerSetting({"storage.read_queue",
                                  "Reads that may wait for one of those threads; further ones are "
                                  "refused with `unavailable`."},
                                 "reads", {16, 10'000'000}, PARLEY_FIELD(storage.read_queue)));
  table.push_back(IntegerSetting({"storage.min_free_bytes",
                                  "With less room than this on the disk of data_dir nothing is "
                                  "written: sends are refused with "
                                  "`unavailable`, and reads go on."},
                                 "bytes", {0, std::int64_t{1} << 40},
                                 PARLEY_FIELD(storage.min_free_bytes)));
  table.push_back(BooleanSetting({"storage.sync",
                                  "Each message is on the disk (fsync) before it is acknowledged. "
                                  "Turn off for measurements only."},
                                 PARLEY_FIELD(storage.sync)));
  table.push_back(
      IntegerSetting({"cache.snapshots_bytes", "Cache of conversations and their members."},
                     "bytes", kCacheBytes, PARLEY_FIELD(cache.snapshots_bytes)));
  table.push_back(IntegerSetting({"cache.memberships_bytes", "Cache of inboxes."}, "bytes",
                                 kCacheBytes, PARLEY_FIELD(cache.memberships_bytes)));
  table.push_back(IntegerSetting({"cache.users_bytes", "Cache of people and sessions."}, "bytes",
                                 kCacheBytes, PARLEY_FIELD(cache.users_bytes)));
  table.push_back(IntegerSetting({"cache.entries_bytes", "Cache of recent messages and changes."},
                                 "bytes", kCacheBytes, PARLEY_FIELD(cache.entries_bytes)));
}

void AddAuth(Table& table) {
  table.push_back(
      IntegerSetting({"auth.argon2_memory_kib", "Memory that hashing one password takes."}, "KiB",
                     {8, 4'194'304}, PARLEY_FIELD(auth.argon2.memory_kib)));
  table.push_back(IntegerSetting({"auth.argon2_passes", "Passes over that memory."}, "", {1, 100},
                                 PARLEY_FIELD(auth.argon2.passes)));
  table.push_back(
      IntegerSetting({"auth.hash_threads", "Passwords that are hashed at the same time."}, "",
                     {1, 64}, PARLEY_FIELD(auth.hash_threads)));
  table.push_back(IntegerSetting({"auth.hash_queue",
                                  "Passwords that may wait to be hashed; further sign-ins are "
                                  "answered 503."},
                                 "passwords", {1, 100'000}, PARLEY_FIELD(auth.hash_queue)));
}

}  // namespace

std::span<const Setting> Settings() {
  static const Table kTable = [] {
    Table table;
    AddGeneral(table);
    AddLimits(table);
    AddRates(table);
    AddServer(table);
    AddStorage(table);
    AddCluster(table);
    AddAuth(table);
    return table;
  }();
  return kTable;
}

}  // namespace parley::app
