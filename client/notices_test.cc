#include "client/notices.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "client/testing/samples.h"

namespace parley::client {
namespace {

TEST(NoticesTest, Receipt_TellsBothPositions) {
  const auto notice = ParseNotice(
      {"receipt",
       fmt::format(
           R"({{"type":"receipt","conversation_id":"{}","user_id":"{}","delivered_seq":9,"read_seq":7}})",
           kTeam, kBo)});
  ASSERT_TRUE(notice.ok());
  const Receipt& receipt = std::get<Receipt>(*notice);
  EXPECT_EQ(receipt.conversation_id, ConversationOf(kTeam));
  EXPECT_EQ(receipt.user_id, *UserId::Parse(kBo));
  EXPECT_EQ(receipt.delivered_seq, Seq(9));
  EXPECT_EQ(receipt.read_seq, Seq(7));
}

TEST(NoticesTest, Typing_TellsWhoAndWhere) {
  const auto notice = ParseNotice(
      {"typing",
       fmt::format(R"({{"conversation_id":"{}","user_id":"{}","active":true}})", kTeam, kBo)});
  ASSERT_TRUE(notice.ok());
  EXPECT_TRUE(std::get<Typing>(*notice).active);
}

TEST(NoticesTest, Presence_WithoutTime_IsUnknown) {
  const auto notice = ParseNotice(
      {"presence", fmt::format(R"({{"user_id":"{}","online":true,"last_active_at":null}})", kBo)});
  ASSERT_TRUE(notice.ok());
  EXPECT_TRUE(std::get<Presence>(*notice).online);
  EXPECT_FALSE(std::get<Presence>(*notice).last_active_at.has_value());
}

TEST(NoticesTest, User_IsTheNewProfile) {
  const auto notice = ParseNotice({"user", R"({"user":)" + UserJson(kBo, "bo") + "}"});
  ASSERT_TRUE(notice.ok());
  EXPECT_EQ(std::get<ProfileChanged>(*notice).user.username, "bo");
}

TEST(NoticesTest, WithoutIdsOrUnknown_IsMalformed) {
  for (const char* type : {"receipt", "typing", "presence", "user", "weather"}) {
    EXPECT_EQ(ParseNotice({type, "{}"}).status().code(), StatusCode::kMalformed) << type;
  }
}

}  // namespace
}  // namespace parley::client
