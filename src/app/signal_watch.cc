#include "app/signal_watch.h"

#include <utility>

namespace parley::app {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

SignalWatch::SignalWatch(UniqueFunction<void(int signal)> on_signal)
    : thread_([this, on_signal = std::move(on_signal)]() mutable {
        const sigset_t signals = StopSignals();
        int signal = 0;
        sigwait(&signals, &signal);
        if (!over_) on_signal(signal);
      }) {}

SignalWatch::~SignalWatch() {
  over_ = true;
  // Wakes the thread, if it still waits.
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

}  // namespace parley::app
