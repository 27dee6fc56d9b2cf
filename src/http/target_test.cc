#include "http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::http {
namespace {

using testing::ElementsAre;

Target Parse(std::string_view text) {
  Result<Target> target = ParseTarget(text);
  EXPECT_TRUE(target.ok()) << text << ": " << target.status().ToString();
  return target.ok() ? *std::move(target) : Target();
}

StatusCode Refusal(std::string_view text) { return ParseTarget(text).status().code(); }

TEST(TargetTest, Segments_AreSplitBeforeTheyAreDecoded) {
  EXPECT_THAT(Parse("/v1/users/me").segments, ElementsAre("v1", "users", "me"));
  EXPECT_THAT(Parse("/a%2Fb/c+d").segments, ElementsAre("a/b", "c+d"));
  EXPECT_THAT(Parse("/").segments, ElementsAre(""));
  EXPECT_THAT(Parse("/v1/").segments, ElementsAre("v1", ""));
  EXPECT_THAT(Parse("//v1").segments, ElementsAre("", "v1"));
}

TEST(TargetTest, AbsoluteForm_IsReadAsItsPath) {
  EXPECT_THAT(Parse("http://host:1/v1?x=1").segments, ElementsAre("v1"));
  EXPECT_THAT(Parse("https://host").segments, ElementsAre(""));
  EXPECT_EQ(*Parse("http://host?x=1/2").query.Find("x"), std::nullopt);
}

TEST(TargetTest, Malformed) {
  for (const char* text :
       {"", "v1", "*", "/%", "/%4", "/%zz", "/a?b=%f", "/%ff", "/a?b=%C3%28", "/%ed%a0%80"}) {
    EXPECT_EQ(Refusal(text), StatusCode::kMalformed) << text;
  }
}

TEST(TargetTest, Query_DecodesPlusAndPercent) {
  const Query query = Parse("/x?query=an+%C3%B6&&empty=&bare#later").query;
  EXPECT_EQ(*query.Find("query"), "an ö");
  EXPECT_EQ(*query.Find("empty"), "");
  EXPECT_EQ(*query.Find("bare"), "");
  EXPECT_EQ(*query.Find("absent"), std::nullopt);
}

TEST(TargetTest, Query_GivenTwiceIsRefused) {
  const auto found = Parse("/x?limit=1&limit=2").query.Find("limit");
  EXPECT_EQ(found.status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(found.status().fields().at(0).field, "limit");
}

TEST(TargetTest, Limit_IsFrom1To100) {
  EXPECT_EQ(*Parse("/x").query.Limit(), 50U);
  EXPECT_EQ(*Parse("/x?limit=1").query.Limit(), 1U);
  EXPECT_EQ(*Parse("/x?limit=100").query.Limit(), 100U);
  for (const char* text :
       {"0", "101", "", "ten", "-1", "+1", "1.0", " 1", "99999999999999999999"}) {
    const auto limit = Query({{"limit", text}}).Limit();
    EXPECT_EQ(limit.status().code(), StatusCode::kInvalidArgument) << text;
  }
}

TEST(TargetTest, FindSeq_IsAWholeNumberFrom0) {
  EXPECT_EQ(*Parse("/x?after=0").query.FindSeq("after"), Seq(0));
  EXPECT_EQ(*Parse("/x?after=9007199254740991").query.FindSeq("after"), Seq(9007199254740991));
  EXPECT_EQ(*Parse("/x").query.FindSeq("after"), std::nullopt);
  for (const char* text : {"", "-1", "x", "1e3", "9007199254740992"}) {
    const auto seq = Query({{"after", text}}).FindSeq("after");
    EXPECT_EQ(seq.status().code(), StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace parley::http
