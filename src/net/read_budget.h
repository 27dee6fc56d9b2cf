#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace parley::net {

/// What requests or messages that are being read may hold together, beyond the first kFree bytes of
/// each: those every connection has, so that whatever some hold, small ones are still read. Any
/// thread.
class ReadBudget {
 public:
  static constexpr std::size_t kFree = std::size_t{4} * 1024;

  /// `limit` in bytes.
  explicit ReadBudget(std::size_t limit) : limit_(static_cast<std::int64_t>(limit)) {}
  ReadBudget(const ReadBudget&) = delete;
  ReadBudget& operator=(const ReadBudget&) = delete;

  /// What is held now, in bytes.
  std::int64_t held() const { return held_.load(std::memory_order_relaxed); }
  /// How often something did not fit.
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

  /// What one connection holds; of its shard. The budget must outlive it.
  class Share {
   public:
    explicit Share(ReadBudget& budget) : budget_(&budget) {}
    ~Share() { Release(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// Holds at least `bytes`, kFree of them for nothing; false, and nothing changed, if the budget
    /// has not as many left.
    bool Hold(std::size_t bytes) {
      const std::size_t wanted = bytes > kFree ? bytes - kFree : 0;
      if (wanted <= held_) return true;
      if (!budget_->Take(static_cast<std::int64_t>(wanted - held_))) return false;
      held_ = wanted;
      return true;
    }
    /// Holds nothing any more, and takes from `budget` from now on.
    void MoveTo(ReadBudget& budget) {
      Release();
      budget_ = &budget;
    }
    void Release() {
      if (held_ == 0) return;
      budget_->held_.fetch_sub(static_cast<std::int64_t>(std::exchange(held_, 0)),
                               std::memory_order_relaxed);
    }

   private:
    ReadBudget* budget_;
    std::size_t held_ = 0;
  };

 private:
  bool Take(std::int64_t bytes) {
    if (held_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limit_) return true;
    held_.fetch_sub(bytes, std::memory_order_relaxed);
    refused_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }

  const std::int64_t limit_;
  std::atomic<std::int64_t> held_{0};
  std::atomic<std::uint64_t> refused_{0};
};

/// Apart, so that strangers take nothing from those who talk.
struct ReadBudgets {
  explicit ReadBudgets(std::size_t limit) : strangers(limit), requests(limit), messages(limit) {}
  ReadBudget strangers;  ///< HTTP: headers and body, of a sender who is not known (yet)
  ReadBudget requests;   ///< HTTP: the same of a known one; both until the request is answered
  ReadBudget messages;   ///< WebSocket
};

}  // namespace parley::net
