#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "bus/nats/link.h"

namespace parley::bus {

/// How a NatsLink connects.
struct NatsLinkOptions {
  std::vector<std::string> urls;  ///< "nats://host:port", or "tls://host:port" with TLS
  std::string name;               ///< shown by the servers to their operator
  std::string user;               ///< empty: none is asked for
  std::string password;
  std::string ca_file;  ///< PEM, of who signed the servers' certificates; empty: the system's

  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds retry_wait{1'000};     ///< between tries while there was no connection
  std::chrono::milliseconds reconnect_wait{100};   ///< before a server is tried again
  std::chrono::milliseconds ping_interval{2'000};  ///< two without an answer: another server
  std::chrono::milliseconds flush_timeout{2'000};
  std::chrono::milliseconds write_timeout{5'000};

  std::size_t max_queued_bytes = 16 * 1024 * 1024;  ///< waits for the sending thread
  int reconnect_buffer_bytes = 1024 * 1024;         ///< waits for another server

  /// Handlers are called on one thread for all subscriptions of all links that say so, so that what
  /// comes is in order across subjects; else each subscription has a thread of its own (for few
  /// that must not wait for others).
  bool shared_delivery = true;
};

/// The link over libnats 3.4 (https://nats-io.github.io/nats.c/). A thread of its own sends:
/// libnats holds its lock while it writes and while it connects, so that no shard may call it.
class NatsLink : public Link {
 public:
  NatsLink(NatsLinkOptions options, Logger& log);
  ~NatsLink() override;

  void OnLoss(UniqueFunction<void()> lost) override;
  void Start() override;
  void Close() override;
  Status status() const override;
  Ticket Subscribe(std::string subject, HandlerPtr handler, PendingLimits limits) override;
  void Unsubscribe(Ticket ticket) override;
  bool Publish(std::string subject, std::string reply, Payload data) override;
  bool PublishToEach(std::string prefix, Recipients users, Payload data) override;
  void Flush(UniqueFunction<void(Status)> done) override;
  Stats stats() const override;

 private:
  class Sender;

  std::unique_ptr<Sender> sender_;
};

}  // namespace parley::bus
