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

TEST(Uuid, MadeAt_IsInVersion7Alone) {
  FakeRandom random;
  const Uuid made = Uuid::Version7(FromMillis(1'700'000'000'001), random);
  EXPECT_EQ(made.MadeAt(), FromMillis(1'700'000'000'001));
  // The one of RFC 9562, appendix A.6, 2022-02-22 19:22:22 UTC; and then others.
  EXPECT_EQ(Uuid::Parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")->MadeAt(),
            FromMillis(1'645'557'742'000));
  EXPECT_EQ(Uuid::Parse("919108f7-52d1-4320-9bac-f847db4148a8")->MadeAt(), std::nullopt);
  EXPECT_EQ(Uuid::Parse("017f22e2-79b0-7cc3-58c4-dc0c0c07398f")->MadeAt(), std::nullopt);
  EXPECT_EQ(Uuid().MadeAt(), std::nullopt);
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
