#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace parley::metrics {

/// A counter for what happens so often, on all threads at once, that one shared number would be
/// passed from core to core: each thread adds to a place of its own (two threads may share one).
/// Any thread; adding is one relaxed addition, reading sums the places.
class HotCounter {
 public:
  void Add(std::uint64_t count = 1) {
    places_[MyPlace()].value.fetch_add(count, std::memory_order_relaxed);
  }
  std::uint64_t Get() const {
    std::uint64_t sum = 0;
    for (const Place& place : places_) sum += place.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr std::size_t kPlaces = 16;
  static constexpr std::size_t kCacheLine = 64;  // of x86-64 and most ARM64

  struct alignas(kCacheLine) Place {
    std::atomic<std::uint64_t> value{0};
  };

  static std::size_t MyPlace() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t kPlace = next.fetch_add(1, std::memory_order_relaxed) % kPlaces;
    return kPlace;
  }

  std::array<Place, kPlaces> places_;
};

}  // namespace parley::metrics
