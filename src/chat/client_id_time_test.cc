#include "chat/client_id_time.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "model/limits.h"

namespace parley::chat {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{std::chrono::milliseconds(1'700'000'000'000)};

ClientId MadeAt(TimePoint at) {
  FakeRandom random;
  return ClientId(Uuid::Version7(at, random));
}

ClientId OfNoTime() { return *ClientId::Parse("919108f7-52d1-4320-9bac-f847db4148a8"); }

TEST(ClientIdTime, Counted_WhatAClockSays_ButNothingBeyondARepetition) {
  EXPECT_EQ(CountedTime(MadeAt(kNow), kNow), kNow);
  EXPECT_EQ(CountedTime(MadeAt(kNow - 1000 * 24h), kNow), kNow - 1000 * 24h);
  EXPECT_EQ(CountedTime(MadeAt(kNow + 31 * 24h), kNow), kNow + 31 * 24h);
  EXPECT_EQ(CountedTime(MadeAt(kNow + 31 * 24h + 1ms), kNow), std::nullopt);
  EXPECT_EQ(CountedTime(OfNoTime(), kNow), std::nullopt);
}

TEST(ClientIdTime, MadeAfter_IsCertain) {
  EXPECT_TRUE(IsMadeAfter(MadeAt(kNow), kNow - 1ms, kNow));
  EXPECT_FALSE(IsMadeAfter(MadeAt(kNow), kNow, kNow)) << "in the same millisecond";
  EXPECT_TRUE(IsMadeAfter(MadeAt(kNow + 1h), kNow, kNow));
  EXPECT_FALSE(IsMadeAfter(MadeAt(kNow + 1h + 1ms), kNow, kNow)) << "too far ahead";
  EXPECT_FALSE(IsMadeAfter(OfNoTime(), TimePoint(), kNow));
}

/// Milliseconds of clocks and of waiting, from none to more than anything here reaches.
rc::Gen<std::chrono::milliseconds> Span() {
  const auto up_to = [](std::chrono::milliseconds most) {
    return rc::gen::map(rc::gen::inRange<std::int64_t>(0, most.count() + 1),
                        [](std::int64_t ms) { return std::chrono::milliseconds(ms); });
  };
  return rc::gen::oneOf(up_to(3ms), up_to(2h), up_to(3 * 24h), up_to(90 * 24h));
}

// Whatever the clocks of clients show, and those of servers differ by almost a day.
RC_GTEST_PROP(ClientIdTime, ARepeatedSendIsNeverTakenForANewOne, ()) {
  struct Send {
    ClientId id;
    TimePoint at;
  };
  std::vector<Send> sends;
  TimePoint until;
  TimePoint time = kNow;
  const int count = *rc::gen::inRange(1, 20);
  for (int i = 0; i < count; ++i) {
    time += *Span();
    const std::chrono::milliseconds off = *Span();
    const bool ahead = *rc::gen::arbitrary<bool>();
    const Send& sent = sends.emplace_back(Send{MadeAt(ahead ? time + off : time - off), time});
    if (const auto made = CountedTime(sent.id, sent.at)) until = std::max(until, *made);
  }
  const TimePoint now = time + *Span();
  const auto differ = std::min<std::chrono::milliseconds>(*Span(), 23h - 1ms);
  for (const Send& sent : sends) {
    if (now - sent.at > kIdempotencyWindow) continue;
    RC_ASSERT(!IsMadeAfter(sent.id, until, now + differ));
    RC_ASSERT(!IsMadeAfter(sent.id, until, now - differ));
  }
}

}  // namespace
}  // namespace parley::chat
