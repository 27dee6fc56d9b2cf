#pragma once

#include <cstddef>

#include "base/function.h"

namespace parley::runtime {

/// Counts the work that is under way, so that an owner can wait for its end before it dies. Belongs
/// to one shard. (After Seastar's gate: https://docs.seastar.io/master/classseastar_1_1gate.html)
class Gate {
 public:
  /// Holds the gate open while it lives.
  class Pass {
   public:
    explicit Pass(Gate* gate);
    Pass(Pass&& other) noexcept;
    Pass& operator=(Pass&&) = delete;
    ~Pass();

   private:
    Gate* gate_;
  };

  Gate() = default;
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// Only while not closed.
  Pass Enter() { return Pass(this); }
  bool closed() const { return closed_; }
  std::size_t count() const { return count_; }

  /// Lets nobody in any more; calls `empty` once the last has left (at once if there is none).
  void Close(UniqueFunction<void()> empty);

 private:
  void Leave();

  std::size_t count_ = 0;
  bool closed_ = false;
  UniqueFunction<void()> empty_;
};

}  // namespace parley::runtime
