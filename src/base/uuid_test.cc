#include "base/uuid.h"

#include <gtest/gtest.h>

#include "base/ordered_uuids.h"
#include "base/random.h"

namespace parley {
namespace {

TEST(Uuid, Parse_CanonicalInEitherCase_RoundTripsInLowerCase) {
  const std::optional<Uuid> uuid = Uuid::Parse("0192F3A4-0000-7abc-8DEF-0123456789ab");
  ASSERT_TRUE(uuid.has_value());
  EXPECT_EQ(uuid->ToString(), "0192f3a4-0000-7abc-8def-0123456789ab");
}

TEST(Uuid, Parse_OtherForms_Refused) {
  for (const char* text :
       {"", "0192f3a400007abc8def0123456789ab", "{0192f3a4-0000-7abc-8def-0123456789ab}",
        "0192f3a4-0000-7abc-8def-0123456789aG", "0192f3a4_0000-7abc-8def-0123456789ab",
        "0192f3a4-0000-7abc-8def-0123456789ab "}) {
    EXPECT_FALSE(Uuid::Parse(text).has_value()) << text;
  }
}

TEST(Uuid, Version7_SortsByTimeAndCarriesVersionAndVariant) {
  FakeRandom random;
  const Uuid early = Uuid::Version7(FromMillis(1'700'000'000'000), random);
  const Uuid late = Uuid::Version7(FromMillis(1'700'000'000'001), random);
  EXPECT_LT(early, late);
  EXPECT_EQ(early.ToString()[14], '7');
  EXPECT_EQ(early.bytes()[8] & 0xC0, 0x80);
}

TEST(OrderedUuids, Next_InOneMillisecond_SortAsTheyWereMade) {
  FakeRandom random;
  OrderedUuids ids(random);
  const TimePoint now = FromMillis(1'700'000'000'000);
  Uuid before = ids.Next(now);
  for (int i = 1; i < 4'096; ++i) {
    const Uuid next = ids.Next(now);
    ASSERT_LT(before, next) << i;
    EXPECT_EQ(next.ToString()[14], '7');
    before = next;
  }
}

}  // namespace
}  // namespace parley
