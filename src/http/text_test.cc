#include "http/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TextTest, SplitList_TrimsAndLeavesOutEmptyMembers) {
  EXPECT_THAT(SplitList("a, b ,,\tc,"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(SplitList(" , "), IsEmpty());
}

TEST(TextTest, BearerToken_KnowsItsSchemeInAnyCase) {
  EXPECT_EQ(BearerToken("Bearer pt_x"), "pt_x");
  EXPECT_EQ(BearerToken("bEARER   pt_x "), "pt_x");
  EXPECT_EQ(BearerToken("Basic eA=="), std::nullopt);
  EXPECT_EQ(BearerToken("Bearer"), std::nullopt);
  EXPECT_EQ(BearerToken(""), std::nullopt);
}

TEST(TextTest, IsJson_AllowsParameters) {
  EXPECT_TRUE(IsJson("application/json"));
  EXPECT_TRUE(IsJson("Application/JSON ; charset=utf-8"));
  EXPECT_FALSE(IsJson("application/jsonx"));
  EXPECT_FALSE(IsJson("text/plain; application/json"));
  EXPECT_FALSE(IsJson(""));
}

}  // namespace
}  // namespace parley::http
