#pragma once

#include <optional>

namespace parley::client::cli::chat {

/// The signals that concern a program on a terminal, as something to poll. Holds them back from the
/// whole process from its making on: make it before any thread.
class Signals {
 public:
  /// Throws where no file descriptors are left.
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const { return fd_; }
  /// The next one that has come: SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT or SIGWINCH.
  std::optional<int> Next();

  /// Stops the whole program as Ctrl-Z does; returns when it goes on.
  void StopProgram();

 private:
  int fd_;  // signalfd(2)
};

}  // namespace parley::client::cli::chat
