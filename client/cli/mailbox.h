#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <sys/eventfd.h>
#include <unistd.h>

namespace parley::client::cli {

/// Hands things from any thread to one that waits in poll(2).
template <class T>
class Mailbox {
 public:
  /// Throws where no file descriptors are left.
  explicit Mailbox(std::size_t limit)
      : limit_(limit), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_ < 0) throw std::runtime_error("no file descriptors are left");
  }
  ~Mailbox() { close(wake_); }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Waits while `limit` are waiting. Drops `item` after Close(). Any thread.
  void Push(T item) {
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [this] { return closed_ || items_.size() < limit_; });
      if (closed_) return;
      items_.push_back(std::move(item));
    }
    Wake();
  }

  /// Makes fd() readable. Any thread.
  void Wake() {
    const std::uint64_t one = 1;
    // Only a counter at its end refuses, and then the reader is awake anyway.
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
  }

  /// Nothing is taken any more; lets go who waits in Push. Any thread.
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
  }

  // The reading thread:

  /// The oldest; none if there is nothing.
  std::optional<T> TryPop() {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return std::nullopt;
    std::optional<T> item = std::move(items_.front());
    items_.pop_front();
    room_.notify_one();
    return item;
  }

  /// Can be read from since something was pushed, until Drain().
  int fd() const { return wake_; }
  /// Call it before emptying the box with TryPop.
  void Drain() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t drained = read(wake_, &count, sizeof count);
  }

 private:
  const std::size_t limit_;
  const int wake_;  // eventfd(2)
  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<T> items_;  // guarded by mutex_
  bool closed_ = false;  // guarded by mutex_
};

}  // namespace parley::client::cli
