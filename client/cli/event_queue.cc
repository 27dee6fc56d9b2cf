#include "client/cli/event_queue.h"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
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
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (signals_ < 0 || wake_ < 0) throw std::runtime_error("no file descriptors are left");
}

EventQueue::~EventQueue() {
  close(signals_);
  close(wake_);
}

void EventQueue::Push(Event event) {
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return closed_ || events_.size() < kMaxEvents; });
    if (closed_) return;
    events_.push_back(std::move(event));
  }
  const std::uint64_t one = 1;
  // Only a counter at its end refuses, and then the reader is awake anyway.
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

void EventQueue::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  room_.notify_all();
}

std::optional<Event> EventQueue::TakeFirst() {
  const std::lock_guard lock(mutex_);
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  room_.notify_one();
  return event;
}

std::optional<Event> EventQueue::Pop() {
  while (!StoppedWithin(std::chrono::milliseconds(0))) {
    if (std::optional<Event> event = TakeFirst()) return event;
    std::array<pollfd, 2> waiting = {pollfd{signals_, POLLIN, 0}, pollfd{wake_, POLLIN, 0}};
    poll(waiting.data(), waiting.size(), -1);
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t drained = read(wake_, &count, sizeof count);
  }
  return std::nullopt;
}

bool EventQueue::StoppedWithin(std::chrono::milliseconds delay) {
  pollfd waiting{signals_, POLLIN, 0};
  if (!stopped_) stopped_ = poll(&waiting, 1, static_cast<int>(delay.count())) > 0;
  return stopped_;
}

}  // namespace parley::client::cli
