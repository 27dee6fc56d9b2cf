#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bus/nats/nats_link_options.h"
#include "bus/nats/nats_protocol.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace parley::bus {

/// Where a NATS server is.
struct NatsServer {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
};
/// Of "nats://host:port" or "tls://host:port". kInvalidArgument for anything else.
Result<NatsServer> ParseNatsUrl(std::string_view url);

/// One connection to one NATS server. Belongs to a shard, whose thread alone touches it.
class NatsConnection : public std::enable_shared_from_this<NatsConnection> {
 public:
  using OnFrame = std::function<void(const NatsFrame&)>;

  NatsConnection(runtime::Shard& shard, NatsServer address, NatsLinkOptions options);
  ~NatsConnection();
  NatsConnection(const NatsConnection&) = delete;
  NatsConnection& operator=(const NatsConnection&) = delete;

  /// Connects, with TLS where the address, a ca_file or the server asks for it, and signs in.
  /// kUnavailable, and why, for the operator: after options.connect_timeout at the latest, and soon
  /// after Close. Once.
  static runtime::Task<Status> Connect(std::shared_ptr<NatsConnection> self);
  /// Reads until the connection ends, by whomever; hands over each frame in turn. Once connected.
  static runtime::Task<void> Read(std::shared_ptr<NatsConnection> self, OnFrame on_frame);

  /// What is to be sent, in this order: put something of nats_protocol.h at its end, then Send().
  std::string& out();
  /// Sends what is in out() as soon as the socket takes it; waits for nothing.
  void Send();
  /// Bytes in out() and on their way.
  std::size_t unsent_bytes() const;
  /// Called whenever all of it was handed to the kernel.
  void OnSent(std::function<void()> on_sent);

  /// What the server told of itself.
  const NatsServerInfo& server() const;

  /// Ends it. Idempotent.
  void Close();

 private:
  struct State;

  static runtime::Task<void> Write(std::shared_ptr<NatsConnection> self);
  runtime::Task<Status> SignIn();

  const std::unique_ptr<State> state_;
};

}  // namespace parley::bus
