#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/shard.h"

namespace parley::bus {

/// A server for tests that says what it is told to, on 127.0.0.1 and a thread of its own.
class ScriptedServer {
 public:
  /// What to say to a line of the client (without its end); called on the server's thread.
  using Answer = std::function<std::string(std::string_view line)>;

  /// Greets each client with `greeting`; empty: says nothing.
  ScriptedServer(std::string greeting, Answer answer);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }

 private:
  struct Listener;

  runtime::Shard shard_;
  std::shared_ptr<Listener> listener_;
  std::uint16_t port_ = 0;
};

}  // namespace parley::bus
