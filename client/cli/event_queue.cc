#include "client/cli/event_queue.h"

#include <array>
#include <stdexcept>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace parley::client::cli {

EventQueue::EventQueue() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signals_ = signalfd(-1, &signals, SFD_CLOEXEC);
  if (signals_ < 0) throw std::runtime_error("no file descriptors are left");
}

EventQueue::~EventQueue() { close(signals_); }

std::optional<Event> EventQueue::Pop() {
  while (!StoppedWithin(std::chrono::milliseconds(0))) {
    if (std::optional<Event> event = events_.TryPop()) return event;
    std::array<pollfd, 2> waiting = {pollfd{signals_, POLLIN, 0}, pollfd{events_.fd(), POLLIN, 0}};
    poll(waiting.data(), waiting.size(), -1);
    events_.Drain();
  }
  return std::nullopt;
}

bool EventQueue::StoppedWithin(std::chrono::milliseconds delay) {
  pollfd waiting{signals_, POLLIN, 0};
  if (!stopped_) stopped_ = poll(&waiting, 1, static_cast<int>(delay.count())) > 0;
  return stopped_;
}

}  // namespace parley::client::cli
