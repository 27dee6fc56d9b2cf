#include "client/outbox.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "client/frames.h"
#include "client/json.h"
#include "client/positions.h"
#include "client/testing/samples.h"

namespace parley::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

OutgoingMessage MessageOf(const std::string& text, const std::string& conversation = kTeam) {
  static FakeRandom random;
  return {ConversationOf(conversation), ClientId(Uuid::Version7(FromMillis(1), random)), text,
          std::nullopt};
}

std::vector<std::string> Texts(const std::vector<std::string>& frames) {
  std::vector<std::string> texts;
  for (const std::string& frame : frames) {
    texts.emplace_back((*JsonDocument::Parse(frame)).root()["text"].Str());
  }
  return texts;
}

std::string Ref(const OutgoingMessage& message) { return message.client_id.ToString(); }

TEST(Outbox, TakeDue_OnlyWhileLive_OneOfEachConversation) {
  Outbox outbox;
  const OutgoingMessage first = MessageOf("1");
  ASSERT_TRUE(outbox.Add(first).ok());
  ASSERT_TRUE(outbox.Add(MessageOf("2")).ok());
  ASSERT_TRUE(outbox.Add(MessageOf("other", kOther)).ok());
  EXPECT_THAT(outbox.TakeDue(), IsEmpty());
  outbox.OnLive();
  EXPECT_THAT(Texts(outbox.TakeDue()), ElementsAre("1", "other"));
  EXPECT_THAT(outbox.TakeDue(), IsEmpty());
  EXPECT_EQ(outbox.OnAck(Ref(first))->text, "1");
  EXPECT_THAT(Texts(outbox.TakeDue()), ElementsAre("2"));
}

TEST(Outbox, Reconnect_SendsTheSameAgainUntilAcked) {
  Outbox outbox;
  const OutgoingMessage message = MessageOf("1");
  ASSERT_TRUE(outbox.Add(message).ok());
  outbox.OnLive();
  const auto before = outbox.TakeDue();
  outbox.OnDisconnected();
  EXPECT_THAT(outbox.TakeDue(), IsEmpty());
  outbox.OnLive();
  EXPECT_EQ(outbox.TakeDue(), before);
  EXPECT_TRUE(outbox.OnAck(Ref(message)));
  EXPECT_FALSE(outbox.OnAck(Ref(message)));
  EXPECT_EQ(outbox.size(), 0U);
}

TEST(Outbox, OnError_ForAWhile_PausesAndKeepsTheOrder) {
  Outbox outbox;
  const OutgoingMessage first = MessageOf("1");
  ASSERT_TRUE(outbox.Add(first).ok());
  ASSERT_TRUE(outbox.Add(MessageOf("2")).ok());
  outbox.OnLive();
  (void)outbox.TakeDue();
  const auto refusal = outbox.OnError(
      Ref(first),
      Status(StatusCode::kRateLimited, "slowly").WithRetryAfter(std::chrono::milliseconds(70)));
  ASSERT_TRUE(refusal);
  EXPECT_FALSE(refusal->failed);
  EXPECT_EQ(refusal->retry_in, std::chrono::milliseconds(70));
  EXPECT_THAT(outbox.TakeDue(), IsEmpty());
  outbox.Unpause();
  EXPECT_THAT(Texts(outbox.TakeDue()), ElementsAre("1"));
}

TEST(Outbox, OnError_ForGood_TakesItOutAndGoesOn) {
  Outbox outbox;
  const OutgoingMessage first = MessageOf("1");
  ASSERT_TRUE(outbox.Add(first).ok());
  ASSERT_TRUE(outbox.Add(MessageOf("2")).ok());
  outbox.OnLive();
  (void)outbox.TakeDue();
  EXPECT_EQ(outbox.OnError(Ref(first), NotFound("gone"))->failed->client_id, first.client_id);
  EXPECT_THAT(Texts(outbox.TakeDue()), ElementsAre("2"));
  EXPECT_FALSE(outbox.OnError("strange", NotFound("gone")));
}

TEST(Outbox, Add_BeyondTheBound_IsRefused) {
  Outbox outbox;
  for (std::size_t i = 0; i < Outbox::kMaxMessages; ++i)
    ASSERT_TRUE(outbox.Add(MessageOf("x")).ok());
  EXPECT_EQ(outbox.Add(MessageOf("x")).code(), StatusCode::kRateLimited);
}

TEST(Positions, TakeDue_EachRiseOnce_AllAgainOnTheNextConnection) {
  Positions positions;
  const ConversationId team = ConversationOf(kTeam);
  positions.RaiseDelivered(team, Seq(4));
  EXPECT_THAT(positions.TakeDue(), IsEmpty());
  positions.OnLive();
  EXPECT_THAT(positions.TakeDue(), ElementsAre(EncodePosition("delivered", team, Seq(4))));
  EXPECT_THAT(positions.TakeDue(), IsEmpty());
  positions.RaiseRead(team, Seq(3));
  positions.RaiseRead(team, Seq(2));
  EXPECT_THAT(positions.TakeDue(), ElementsAre(EncodePosition("read", team, Seq(3))));

  positions.OnDisconnected();
  Conversation object;
  object.id = team;
  object.delivered_seq = Seq(4);
  positions.OnObject(object);
  positions.OnLive();
  EXPECT_THAT(positions.TakeDue(), ElementsAre(EncodePosition("read", team, Seq(3))));
}

}  // namespace
}  // namespace parley::client
