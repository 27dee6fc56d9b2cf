#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace parley::chat {

/// The bound of all commands of this node that are not answered yet, wherever they wait, in about
/// bytes. Any thread.
class CommandLoad {
  struct Sums {
    std::atomic<std::int64_t> bytes{0};
    std::atomic<std::int64_t> commands{0};

    void Leave(std::int64_t of) {
      bytes.fetch_sub(of, std::memory_order_relaxed);
      commands.fetch_sub(1, std::memory_order_relaxed);
    }
  };

 public:
  /// What a command takes besides what it carries.
  static constexpr std::size_t kCommandBytes = 1'024;

  /// One command's share of the load; given back when it is destroyed, which may be after the load:
  /// with what a shard did not come to before it was stopped.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept = default;
    Ticket& operator=(Ticket&& other) noexcept {
      std::swap(sums_, other.sums_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Ticket() {
      if (sums_) sums_->Leave(bytes_);
    }

   private:
    friend class CommandLoad;
    Ticket(std::shared_ptr<Sums> sums, std::int64_t bytes)
        : sums_(std::move(sums)), bytes_(bytes) {}

    std::shared_ptr<Sums> sums_;
    std::int64_t bytes_ = 0;
  };

  explicit CommandLoad(std::size_t max_bytes) : max_bytes_(static_cast<std::int64_t>(max_bytes)) {}

  /// Nothing if the bound is reached. The first command always finds room.
  std::optional<Ticket> Enter(std::size_t carried_bytes) {
    const auto size = static_cast<std::int64_t>(kCommandBytes + carried_bytes);
    if (sums_->bytes.fetch_add(size, std::memory_order_relaxed) >= max_bytes_) {
      sums_->bytes.fetch_sub(size, std::memory_order_relaxed);
      return std::nullopt;
    }
    sums_->commands.fetch_add(1, std::memory_order_relaxed);
    return Ticket(sums_, size);
  }

  std::int64_t commands() const { return sums_->commands.load(std::memory_order_relaxed); }
  std::int64_t bytes() const { return sums_->bytes.load(std::memory_order_relaxed); }
  std::int64_t max_bytes() const { return max_bytes_; }

 private:
  const std::int64_t max_bytes_;
  const std::shared_ptr<Sums> sums_ = std::make_shared<Sums>();
};

}  // namespace parley::chat
