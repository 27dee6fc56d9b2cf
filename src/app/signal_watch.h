#pragma once

#include <atomic>
#include <csignal>
#include <thread>

#include "base/function.h"

namespace parley::app {

/// SIGTERM and SIGINT: what ends the program.
sigset_t StopSignals();

/// Calls back once, on a thread of its own, at the first of the stop signals that comes while it
/// lives. Those signals must be blocked in every thread.
class SignalWatch {
 public:
  explicit SignalWatch(UniqueFunction<void(int signal)> on_signal);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace parley::app
