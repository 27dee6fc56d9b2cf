#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace parley::chat {

/// The bound of all commands of this node that are not answered yet, wherever they wait, in about
/// bytes. Any thread.
class CommandLoad {
 public:
  /// What a command takes besides what it carries.
  static constexpr std::size_t kCommandBytes = 1'024;

  /// One command's share of the load; given back when it is destroyed.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept
        : load_(std::exchange(other.load_, nullptr)), bytes_(other.bytes_) {}
    Ticket& operator=(Ticket&& other) noexcept {
      std::swap(load_, other.load_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Ticket() {
      if (load_ != nullptr) load_->Leave(bytes_);
    }

   private:
    friend class CommandLoad;
    Ticket(CommandLoad* load, std::int64_t bytes) : load_(load), bytes_(bytes) {}

    CommandLoad* load_ = nullptr;
    std::int64_t bytes_ = 0;
  };

  explicit CommandLoad(std::size_t max_bytes) : max_bytes_(static_cast<std::int64_t>(max_bytes)) {}

  /// Nothing if the bound is reached. The first command always finds room.
  std::optional<Ticket> Enter(std::size_t carried_bytes) {
    const auto size = static_cast<std::int64_t>(kCommandBytes + carried_bytes);
    if (bytes_.fetch_add(size, std::memory_order_relaxed) >= max_bytes_) {
      bytes_.fetch_sub(size, std::memory_order_relaxed);
      return std::nullopt;
    }
    commands_.fetch_add(1, std::memory_order_relaxed);
    return Ticket(this, size);
  }

  std::int64_t commands() const { return commands_.load(std::memory_order_relaxed); }
  std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  std::int64_t max_bytes() const { return max_bytes_; }

 private:
  void Leave(std::int64_t bytes) {
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    commands_.fetch_sub(1, std::memory_order_relaxed);
  }

  const std::int64_t max_bytes_;
  std::atomic<std::int64_t> bytes_{0};
  std::atomic<std::int64_t> commands_{0};
};

}  // namespace parley::chat
