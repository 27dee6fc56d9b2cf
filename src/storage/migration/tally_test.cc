#include "storage/migration/tally.h"

#include <gtest/gtest.h>

namespace parley::storage::migration {
namespace {

Tally Of(std::initializer_list<Record> records) {
  Tally tally;
  for (const Record& record : records) tally.Add(record);
  return tally;
}

TEST(Tally, SameRecordsInAnyOrder_AreTheSame) {
  EXPECT_EQ(Of({{"a", "1"}, {"b", "2"}, {"c", "3"}}), Of({{"c", "3"}, {"a", "1"}, {"b", "2"}}));
}

TEST(Tally, AnotherByteOrBorderOrRecord_IsAnother) {
  const Tally tally = Of({{"ab", "c"}, {"d", "e"}});
  EXPECT_NE(tally, Of({{"ab", "x"}, {"d", "e"}}));
  EXPECT_NE(tally, Of({{"a", "bc"}, {"d", "e"}}));
  EXPECT_NE(tally, Of({{"ab", "e"}, {"d", "c"}}));
  EXPECT_NE(tally, Of({{"ab", "c"}}));
  EXPECT_NE(Of({{"a", ""}}), Of({{"a", ""}, {"a", ""}}));
}

TEST(Tally, Nothing_IsZero) {
  EXPECT_EQ(Tally().checksum(), "00000000000000000000000000000000");
  EXPECT_EQ(Of({{"k", "v"}}).checksum().size(), 32U);
}

}  // namespace
}  // namespace parley::storage::migration
