#include "chat/client_id_time.h"

#include <chrono>

#include "model/limits.h"

namespace parley::chat {
namespace {

/// A clock may be so far ahead, and its client's sends are still known to be new.
constexpr std::chrono::hours kTrustedAhead{1};
/// Beyond what IsMadeAfter trusts for as long as a send may be repeated, by clocks of servers that
/// differ by almost a day.
constexpr std::chrono::hours kCountedAhead = kIdempotencyWindow + std::chrono::hours(24);

}  // namespace

std::optional<TimePoint> CountedTime(ClientId client_id, TimePoint at) {
  const std::optional<TimePoint> made = client_id.uuid().MadeAt();
  return made && *made <= at + kCountedAhead ? made : std::nullopt;
}

bool IsMadeAfter(ClientId client_id, TimePoint until, TimePoint now) {
  const std::optional<TimePoint> made = client_id.uuid().MadeAt();
  return made && *made > until && *made <= now + kTrustedAhead;
}

}  // namespace parley::chat
