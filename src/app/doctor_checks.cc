#include "app/doctor_checks.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace parley::app {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
constexpr mode_t kOthersMask = 0077;
constexpr mode_t kOthersWrite = 0022;

/// Files of the store (it keeps all open), the log, the operations port.
constexpr std::uint64_t kOwnFiles = 1'000;
constexpr std::uint64_t kLittleSpace = 2 * kGiB;
constexpr std::uint64_t kFewInodes = 10'000;
/// Above this a message takes visibly long to be acknowledged.
constexpr std::chrono::milliseconds kSlowSync{20};
/// The least that OWASP recommends for argon2id: 19 MiB and two passes.
constexpr std::size_t kArgonWork = std::size_t{19'456} * 2;
constexpr std::uint64_t kSmallBacklog = 1'024;
/// 2024-01-01: before this program was written.
constexpr std::chrono::seconds kEarliest{1'704'067'200};
/// 2100-01-01.
constexpr std::chrono::seconds kLatest{4'102'444'800};

bool IsLocal(const HostPort& address) {
  return address.host == "localhost" || address.host.starts_with("127.") || address.host == "::1";
}

std::string Megabytes(std::uint64_t bytes) { return fmt::format("{} MiB", bytes / kMiB); }

/// Collects findings: one line for each check.
class Findings {
 public:
  void Add(std::string_view check, bool well, Severity otherwise, std::string message,
           std::string advice) {
    all_.push_back({well ? Severity::kOk : otherwise, check, std::move(message),
                    well ? std::string() : std::move(advice)});
  }
  std::vector<Finding> Take() && { return std::move(all_); }

 private:
  std::vector<Finding> all_;
};

bool BelievesEverybody(const std::vector<std::string>& proxies) {
  return std::ranges::any_of(proxies, [](const std::string& each) { return each.ends_with("/0"); });
}

bool HasPlainOrigin(const std::vector<std::string>& origins) {
  return std::ranges::any_of(origins, [](const std::string& each) {
    return each.starts_with("http://") && !each.starts_with("http://localhost") &&
           !each.starts_with("http://127.0.0.1");
  });
}

void CheckExposure(const Config& config, Findings& findings) {
  const bool is_public = !IsLocal(config.listen);
  const bool has_https = config.server.public_url.starts_with("https://");
  findings.Add("settings.tls", !is_public || has_https, Severity::kWarning,
               is_public
                   ? fmt::format("listens at {} for everybody, {}", config.listen.ToString(),
                                 has_https ? "behind " + config.server.public_url
                                           : std::string("and no https address is set"))
                   : fmt::format("listens at {}, on this machine alone", config.listen.ToString()),
               "put a proxy that does TLS in front, listen where only it reaches the server, and "
               "set server.public_url to the https:// address");
  findings.Add("settings.ops_listen", IsLocal(config.ops_listen), Severity::kWarning,
               fmt::format("metrics and health at {}", config.ops_listen.ToString()),
               "set ops_listen to 127.0.0.1:PORT, or to a network that only your monitoring "
               "reaches: it asks nobody who they are");
  findings.Add("settings.registration",
               !is_public || config.accounts.registration != RegistrationMode::kOpen,
               Severity::kWarning,
               config.accounts.registration == RegistrationMode::kOpen
                   ? "anyone who reaches the server may make an account"
                   : "accounts are not made by just anyone",
               "if that is not what you want, set accounts.registration to invitation or closed");
  findings.Add("settings.trusted_proxies", !BelievesEverybody(config.server.trusted_proxies),
               Severity::kError,
               fmt::format("{} proxies or networks are believed to say who connects",
                           config.server.trusted_proxies.size()),
               "server.trusted_proxies names a network of size /0: anyone may claim any address, "
               "and no limit per address holds; name your proxies");
  findings.Add("settings.allowed_origins", !HasPlainOrigin(config.server.allowed_origins),
               Severity::kWarning,
               fmt::format("{} other sites may use the API", config.server.allowed_origins.size()),
               "server.allowed_origins has an http:// address: whoever is on the way to it may act "
               "for its visitors; use https://");
}

std::string_view WhereMessagesAre(StorageEngine engine) {
  switch (engine) {
    case StorageEngine::kRocksDb:
      return "messages are kept on the disk";
    case StorageEngine::kCassandra:
      return "messages are kept in a Cassandra cluster";
    case StorageEngine::kMemory:
      break;
  }
  return "messages are kept in memory and forgotten when the server ends";
}

void CheckEngines(const Config& config, Findings& findings) {
  findings.Add("settings.engine", config.storage.engine != StorageEngine::kMemory, Severity::kError,
               std::string(WhereMessagesAre(config.storage.engine)),
               "set storage.engine to rocksdb, or to cassandra for several servers");
  if (config.storage.engine != StorageEngine::kCassandra) return;
  findings.Add("settings.bus", config.bus.engine == BusEngine::kNats, Severity::kWarning,
               config.bus.engine == BusEngine::kNats
                   ? "servers tell each other by NATS"
                   : "the bus is this server's own, though others may share its data",
               "set bus.engine to nats, unless this is the only server on that keyspace: people "
               "on different servers would not hear each other live");
  findings.Add("settings.encryption", !config.storage.cassandra.ca_file.empty(), Severity::kWarning,
               config.storage.cassandra.ca_file.empty() ? "what goes to Cassandra is not encrypted"
                                                        : "what goes to Cassandra is encrypted",
               "set storage.cassandra.ca_file, unless that network is yours alone");
}

}  // namespace

std::vector<Finding> CheckSettings(const Config& config) {
  Findings findings;
  CheckExposure(config, findings);
  findings.Add("settings.limits", config.limits_enabled, Severity::kWarning,
               config.limits_enabled ? "rate limits are on" : "rate limits are off",
               "set limits.enabled to true: it is off for load tests only");
  CheckEngines(config, findings);
  findings.Add(
      "settings.sync", config.storage.sync, Severity::kError,
      config.storage.sync
          ? "messages are synced before they are acknowledged"
          : "messages are acknowledged before they are on the disk: a power cut loses them",
      "set storage.sync to true");
  const std::size_t work = config.auth.argon2.memory_kib * config.auth.argon2.passes;
  findings.Add(
      "settings.argon2", work >= kArgonWork, Severity::kWarning,
      fmt::format("a password hash costs {} KiB and {} passes", config.auth.argon2.memory_kib,
                  config.auth.argon2.passes),
      "too cheap: stolen hashes could be guessed quickly; leave auth.argon2_memory_kib and "
      "auth.argon2_passes at their defaults or above");
  return std::move(findings).Take();
}

namespace {

void CheckDisk(const Config& config, const HostFacts& facts, Findings& findings) {
  findings.Add("data_dir.usable", facts.data_dir.ok(), Severity::kError,
               facts.data_dir.ok() ? fmt::format("{} can be written", config.data_dir)
                                   : std::string(facts.data_dir.message()),
               "give the folder to the user that runs the server, or set another data_dir");
  if (facts.data_dir_exists) {
    findings.Add("data_dir.permissions", (facts.data_dir_mode & kOthersMask) == 0,
                 Severity::kWarning,
                 fmt::format("{} has mode {:04o}", config.data_dir, facts.data_dir_mode),
                 fmt::format("others may look into it; run: chmod 700 {}", config.data_dir));
    findings.Add("data_dir.free", !facts.store_held_by, Severity::kWarning,
                 facts.store_held_by
                     ? fmt::format("process {} has the store open", *facts.store_held_by)
                     : "no other process has the store open",
                 "if that is your server, all is well; a second one cannot start on this folder");
  }
  findings.Add("disk.kind", facts.file_system.empty(),
               facts.file_system == "tmpfs" ? Severity::kError : Severity::kWarning,
               facts.file_system.empty() ? "a local disk"
                                         : fmt::format("data_dir is on {}", facts.file_system),
               facts.file_system == "tmpfs"
                   ? "this is memory, and forgotten when the machine stops: choose a disk"
                   : "locks and fsync may not hold what they promise there: choose a local disk");
  const std::uint64_t least = config.storage.min_free_bytes;
  findings.Add("disk.space", facts.disk_free_bytes >= least + kLittleSpace,
               facts.disk_free_bytes < least ? Severity::kError : Severity::kWarning,
               fmt::format("{} are free", Megabytes(facts.disk_free_bytes)),
               fmt::format("make room: below {} (storage.min_free_bytes) every send is refused",
                           Megabytes(least)));
  if (facts.disk_inodes > 0) {
    findings.Add("disk.inodes", facts.disk_free_inodes >= kFewInodes, Severity::kWarning,
                 fmt::format("{} inodes are free", facts.disk_free_inodes),
                 "remove files: without inodes the store cannot make new ones");
  }
  if (facts.sync_speed) {
    findings.Add("disk.fsync", facts.sync_speed->p99 <= kSlowSync, Severity::kWarning,
                 fmt::format("an append is synced in {:.2f} ms (median), {:.2f} ms (p99)",
                             static_cast<double>(facts.sync_speed->median.count()) / 1e3,
                             static_cast<double>(facts.sync_speed->p99.count()) / 1e3),
                 "each message waits for one: use a disk with a faster fsync (SSD with power-loss "
                 "protection), and put nothing else that writes much on it");
  }
}

void CheckLimits(const Config& config, const HostFacts& facts, Findings& findings) {
  const std::uint64_t wanted = config.server.options.max_connections + kOwnFiles;
  findings.Add("limits.open_files", facts.max_files >= wanted, Severity::kWarning,
               fmt::format("{} files may be open, {} are needed for server.max_connections = {}",
                           facts.max_files, wanted, config.server.options.max_connections),
               fmt::format("raise it (systemd: LimitNOFILE={}, shell: ulimit -Hn), or lower "
                           "server.max_connections",
                           wanted));
  findings.Add(
      "limits.core", facts.core_limit == 0, Severity::kWarning,
      facts.core_limit == 0 ? "no core dumps" : "core dumps are on",
      "a core dump holds messages and keys in clear: set LimitCORE=0, or see that dumps go "
      "where only you can read them");
  findings.Add("limits.listen_backlog", facts.listen_backlog >= kSmallBacklog, Severity::kWarning,
               fmt::format("net.core.somaxconn is {}", facts.listen_backlog),
               "after a restart all clients come back at once: sysctl -w net.core.somaxconn=4096");
}

void CheckMemory(const Config& config, const HostFacts& facts, Findings& findings) {
  const CacheSettings& cache = config.cache;
  const std::uint64_t wanted =
      config.storage.block_cache_bytes + 2 * config.storage.write_buffer_bytes +
      cache.snapshots_bytes + cache.memberships_bytes + cache.users_bytes + cache.entries_bytes +
      config.waiting_bytes + config.auth.hash_threads * config.auth.argon2.memory_kib * 1'024 +
      3 * config.server.options.reading_bytes;
  findings.Add("memory", wanted <= facts.memory_bytes / 4 * 3,
               wanted > facts.memory_bytes ? Severity::kError : Severity::kWarning,
               fmt::format("caches and buffers may take {} of {}", Megabytes(wanted),
                           Megabytes(facts.memory_bytes)),
               "lower storage.block_cache_bytes, cache.*, limits.waiting_bytes or "
               "server.reading_bytes: connections need memory, too");
}

void CheckClock(const HostFacts& facts, Findings& findings) {
  const auto now = facts.now.time_since_epoch();
  const auto year =
      1970 + std::chrono::duration_cast<std::chrono::hours>(now).count() / (24 * 365.2425);
  findings.Add("clock.time", now >= kEarliest && now <= kLatest, Severity::kError,
               fmt::format("the year is {}", static_cast<int>(year)),
               "set the clock: every message bears its time, and the server never goes back behind "
               "the latest that it has seen");
  if (facts.clock_synchronized) {
    findings.Add("clock.synchronized", *facts.clock_synchronized, Severity::kWarning,
                 *facts.clock_synchronized ? "kept by NTP" : "not kept by NTP",
                 "run a time service (systemd-timesyncd, chrony) on this machine, or on its host");
  }
}

}  // namespace

std::vector<Finding> CheckHost(const Config& config, const HostFacts& facts) {
  Findings findings;
  CheckDisk(config, facts, findings);
  if (facts.config_mode) {
    findings.Add("config.permissions", (*facts.config_mode & kOthersWrite) == 0, Severity::kWarning,
                 fmt::format("the configuration file has mode {:04o}", *facts.config_mode),
                 "others may change it: take that away (chmod go-w)");
  }
  CheckLimits(config, facts, findings);
  CheckMemory(config, facts, findings);
  CheckClock(facts, findings);
  return std::move(findings).Take();
}

}  // namespace parley::app
