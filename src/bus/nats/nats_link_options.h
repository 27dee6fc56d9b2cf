#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace parley::bus {

/// How a NatsLink connects.
struct NatsLinkOptions {
  std::vector<std::string> urls;  ///< "nats://host:port", or "tls://host:port" with TLS
  std::string name;               ///< shown by the servers to their operator
  std::string user;               ///< empty: none is asked for
  std::string password;
  std::string ca_file;  ///< PEM, of who signed the servers' certificates; empty: the system's

  std::chrono::milliseconds connect_timeout{2'000};  ///< for one server, with TLS and signing in
  std::chrono::milliseconds retry_wait{1'000};     ///< between tries while there was no connection
  std::chrono::milliseconds reconnect_wait{100};   ///< between tries after one was lost
  std::chrono::milliseconds ping_interval{2'000};  ///< two without an answer: another server
  std::chrono::milliseconds flush_timeout{2'000};

  std::size_t max_queued_bytes = std::size_t{16} * 1024 * 1024;   ///< waits to be sent
  std::size_t reconnect_buffer_bytes = std::size_t{1024} * 1024;  ///< of it, for another server
};

}  // namespace parley::bus
