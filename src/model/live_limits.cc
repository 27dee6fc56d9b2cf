#include "model/live_limits.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <iterator>

namespace parley {
namespace {

constexpr std::size_t Limits::* kFields[] = {
    &Limits::text_bytes,          &Limits::title_chars,
    &Limits::display_name_chars,  &Limits::group_members,
    &Limits::media_per_message,   &Limits::conversations_per_person,
    &Limits::sessions_per_person, &Limits::invitations_per_person,
    &Limits::body_bytes,          &Limits::frame_bytes,
};
constexpr std::size_t kFieldCount = std::size(kFields);
static_assert(sizeof(Limits) == kFieldCount * sizeof(std::size_t), "every limit is listed");

}  // namespace

struct LiveLimits::Values {
  std::array<std::atomic<std::size_t>, kFieldCount> fields;
};

LiveLimits::LiveLimits(const Limits& limits) : values_(std::make_shared<Values>()) { Set(limits); }

Limits LiveLimits::Get() const {
  Limits limits;
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    limits.*kFields[i] = values_->fields[i].load(std::memory_order_relaxed);
  }
  return limits;
}

void LiveLimits::Set(const Limits& limits) {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    values_->fields[i].store(limits.*kFields[i], std::memory_order_relaxed);
  }
}

}  // namespace parley
