#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace parley::app {

/// How the operator's commands reach a server that runs: a Unix socket in the data folder, which
/// only its owner may open. One line in ("grant NAME"), one line out ("ok", or what is wrong).
class ControlSocket {
 public:
  /// Answers one command; runs on the shard.
  using Handler = std::function<runtime::Task<Status>(std::string line)>;

  /// Listens at `path`, mode 0600; a socket that a dead server left there is replaced.
  static Result<std::unique_ptr<ControlSocket>> Listen(runtime::Shard& shard,
                                                       const std::string& path, Handler handler);
  /// From no shard, while the shard runs.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  struct Listener;
  explicit ControlSocket(std::shared_ptr<Listener> listener);

  std::shared_ptr<Listener> listener_;
};

/// Sends one command to the server that listens at `path` and waits for its answer, at most for
/// `patience`. kUnavailable if none listens.
Status SendControlCommand(const std::string& path, const std::string& line,
                          std::chrono::seconds patience = std::chrono::seconds(10));

}  // namespace parley::app
