#include "client/backoff.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace parley::client {

std::chrono::milliseconds Backoff::Next() {
  const std::chrono::milliseconds delay = std::min(kMax, base_ / 2 + UpTo(base_));
  base_ = std::min(kMax, base_ * 2);
  return delay;
}

std::chrono::milliseconds Backoff::Soon() {
  Reset();
  return UpTo(kSoon);
}

std::chrono::milliseconds Backoff::UpTo(std::chrono::milliseconds limit) {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
  random_.Fill(bytes);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), bytes.size());
  return std::chrono::milliseconds(number % static_cast<std::uint64_t>(limit.count() + 1));
}

Liveness::Verdict Liveness::Check(Clock::time_point now) {
  const auto silent = now - heard_;
  if (silent < heartbeat_ * 3 / 2) return Verdict::kFine;
  if (!asked_) {
    asked_ = true;
    return Verdict::kAsk;
  }
  return silent < heartbeat_ * 5 / 2 ? Verdict::kFine : Verdict::kDead;
}

}  // namespace parley::client
