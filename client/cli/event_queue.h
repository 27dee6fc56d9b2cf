#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "client/cli/mailbox.h"
#include "client/events.h"

namespace parley::client::cli {

/// Hands a connection's events to the thread that shows them, and wakes it on SIGINT and SIGTERM,
/// which it holds back from the whole process from its making on: make it before any thread.
class EventQueue {
 public:
  EventQueue();
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  static constexpr std::size_t kMaxEvents = 10'000;

  /// Any thread. Waits while kMaxEvents are waiting (a terminal that is held): the server then sees
  /// a slow reader, and a resume brings the rest. Drops the event after Close().
  void Push(Event event) { events_.Push(std::move(event)); }
  /// Nothing is taken any more; lets go who waits in Push. Any thread.
  void Close() { events_.Close(); }

  // The showing thread:

  /// The next event, waiting for it; none once a signal has come.
  std::optional<Event> Pop();
  /// Waits for `delay`; true at once if a signal has come or comes meanwhile.
  bool StoppedWithin(std::chrono::milliseconds delay);

 private:
  int signals_;  // signalfd(2)
  bool stopped_ = false;
  Mailbox<Event> events_{kMaxEvents};
};

}  // namespace parley::client::cli
