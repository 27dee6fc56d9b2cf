#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "auth/password_hasher.h"
#include "base/log.h"
#include "limits/rate.h"
#include "model/limits.h"
#include "net/server.h"

namespace parley::app {

/// Where to listen: "127.0.0.1:8080", "[::1]:8080". Port 0 takes a free one.
struct HostPort {
  std::string host;  ///< without brackets
  std::uint16_t port = 0;

  /// "HOST:PORT", with brackets around an IPv6 address.
  std::string ToString() const;
  bool operator==(const HostPort&) const = default;
};

enum class LogFormat : std::uint8_t { kText, kJson };
enum class StorageEngine : std::uint8_t { kRocksDb, kMemory, kCassandra };
enum class BusEngine : std::uint8_t { kLocal, kNats };

struct LogSettings {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

struct ServerSettings {
  std::string public_url;                    ///< empty: unknown; no slash at the end
  std::vector<std::string> trusted_proxies;  ///< addresses or networks ("10.0.0.0/8") in valid form
  std::vector<std::string> allowed_origins;  ///< as browsers send them: "https://chat.example"
  net::ServerOptions options;                ///< host, port and sizes apart: see PublicServer()
  std::size_t max_websockets_per_account = 500;  ///< 0: no limit
  std::size_t max_arrivals = 64;                 ///< 0: no limit
  std::chrono::milliseconds drain{10'000};       ///< over which WebSockets are closed at the end
};

/// How to reach Cassandra, where storage.engine says so.
struct CassandraSettings {
  std::vector<std::string> hosts{"127.0.0.1:9042"};  ///< HOST:PORT of some nodes
  std::string keyspace = "parley";
  std::string datacenter = "datacenter1";
  std::size_t replication = 3;  ///< of a keyspace that is made
  std::string username;         ///< empty: without authentication
  std::string password;
  std::string ca_file;  ///< PEM; empty: without TLS
  std::chrono::milliseconds timeout{5'000};
  std::size_t threads = 1;
  std::size_t max_in_flight = 1'024;
  std::size_t queue = 16'384;
  std::size_t batch_bytes = 1'000'000;
};

struct StorageSettings {
  StorageEngine engine = StorageEngine::kRocksDb;
  CassandraSettings cassandra;
  std::size_t block_cache_bytes = std::size_t{256} << 20;
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  std::size_t read_threads = 4;
  std::size_t read_queue = 65'536;
  std::uint64_t min_free_bytes = std::uint64_t{64} << 20;  ///< with less nothing is written
  bool sync = true;  ///< fsync before an ack; false only for measurements
};

/// The cache that all nodes share, in front of Cassandra.
struct RedisSettings {
  std::vector<std::string> urls;  ///< redis://:PASSWORD@HOST:PORT each; empty: none
  std::string prefix = "parley";
  std::chrono::milliseconds timeout{50};  ///< a read that takes longer goes to the store
  std::chrono::milliseconds head_ttl{20'000};
  std::chrono::milliseconds body_ttl{60'000};
  std::chrono::milliseconds user_ttl{60'000};
  std::chrono::milliseconds page_ttl{3'600'000};
};

/// Bounds of the read-through caches in front of the store.
struct CacheSettings {
  std::size_t snapshots_bytes = std::size_t{64} << 20;
  std::size_t memberships_bytes = std::size_t{64} << 20;
  std::size_t users_bytes = std::size_t{32} << 20;
  std::size_t entries_bytes = std::size_t{128} << 20;
  /// Where other nodes write too: so old is what is believed of who is a member or signed in.
  std::chrono::milliseconds max_age{5'000};
  RedisSettings redis;
};

/// How to reach NATS, where bus.engine says so.
struct NatsSettings {
  std::vector<std::string> urls{"nats://127.0.0.1:4222"};
  std::string username;  ///< empty: without authentication
  std::string password;
  std::string ca_file;  ///< PEM, for tls:// urls
  std::string prefix = "parley";
};

/// The bus between the nodes, and what they think of each other.
struct BusSettings {
  BusEngine engine = BusEngine::kLocal;
  NatsSettings nats;
  std::chrono::milliseconds heartbeat{1'000};
  std::chrono::milliseconds silence{3'500};           ///< after which a node counts as gone
  std::chrono::milliseconds forward_timeout{10'000};  ///< for a command at another node
  std::chrono::milliseconds max_clock_offset{5'000};  ///< more, and the node is not ready
};

struct AuthSettings {
  auth::PasswordCost argon2;
  std::size_t hash_threads = 2;
  std::size_t hash_queue = 256;
};

/// Everything that can be set, with its defaults. docs/configuration.md explains each. Immutable
/// once loaded.
struct Config {
  std::string data_dir = "./data";
  HostPort listen{"127.0.0.1", 8080};
  HostPort ops_listen{"127.0.0.1", 8081};
  std::size_t threads = 0;  ///< 0: as many as there are cores
  std::string node_name;    ///< empty: its `listen`
  LogSettings log;
  auth::AccountPolicy accounts;
  std::chrono::days audit_days{365};
  bool limits_enabled =
      true;  ///< rates, and connections per address and account; sizes always hold
  Limits limits;
  limits::RateSettings rates;
  std::size_t receipts_max_members = 100;
  std::chrono::milliseconds presence_linger{3'000};
  std::size_t waiting_bytes = std::size_t{256} << 20;  ///< of all commands that wait
  ServerSettings server;
  StorageSettings storage;
  CacheSettings cache;
  BusSettings bus;
  AuthSettings auth;

  /// The options of the public listener: server.* with `listen` and the sizes of limits.*.
  net::ServerOptions PublicServer() const;
  /// The same for the operations port.
  net::ServerOptions OpsServer() const;
};

}  // namespace parley::app
