#pragma once

#include <atomic>
#include <cstdint>

#include "base/random.h"
#include "base/time.h"
#include "model/ids.h"

namespace parley::chat {

/// Makes the ids of messages: UUIDv7 whose twelve bits behind the millisecond are a counter (RFC
/// 9562, 6.2, method 1), so that messages of one millisecond sort as they were decided here. The
/// counter starts again after 4,096. Any thread.
class MessageIds {
 public:
  /// `random` must outlive it.
  explicit MessageIds(Random& random) : random_(random) {}

  MessageId Next(TimePoint now) {
    Uuid::Bytes bytes = Uuid::Version7(now, random_).bytes();
    const std::uint16_t count = counter_.fetch_add(1, std::memory_order_relaxed);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0xF0) | ((count >> 8) & 0x0F));
    bytes[7] = static_cast<std::uint8_t>(count);
    return MessageId(Uuid(bytes));
  }

 private:
  Random& random_;
  std::atomic<std::uint16_t> counter_{0};
};

}  // namespace parley::chat
