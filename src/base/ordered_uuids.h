#pragma once

#include <atomic>
#include <cstdint>

#include "base/random.h"
#include "base/time.h"
#include "base/uuid.h"

namespace parley {

/// Makes UUIDv7 whose twelve bits behind the millisecond are a counter (RFC 9562, 6.2, method 1),
/// so that those of one millisecond sort as they were made here. The counter starts again after
/// 4,096. Any thread.
class OrderedUuids {
 public:
  /// `random` must outlive it.
  explicit OrderedUuids(Random& random) : random_(random) {}

  Uuid Next(TimePoint now) {
    Uuid::Bytes bytes = Uuid::Version7(now, random_).bytes();
    const std::uint16_t count = counter_.fetch_add(1, std::memory_order_relaxed);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0xF0) | ((count >> 8) & 0x0F));
    bytes[7] = static_cast<std::uint8_t>(count);
    return Uuid(bytes);
  }

 private:
  Random& random_;
  std::atomic<std::uint16_t> counter_{0};
};

}  // namespace parley
