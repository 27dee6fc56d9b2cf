#include "gateway/feeds.h"

#include <cstdint>
#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace parley::gateway {
namespace {

using Step = Feed::Step;

class FeedsTest : public testing::Test {
 protected:
  std::map<ConversationId, Seq> Sent() const {
    std::map<ConversationId, Seq> sent;
    feeds_.VisitSent([&](const ConversationId& conversation, Seq seq) {
      EXPECT_TRUE(sent.emplace(conversation, seq).second) << "told twice";
    });
    return sent;
  }

  std::vector<ConversationId> Moving() const {
    std::vector<ConversationId> moving;
    feeds_.VisitMoving([&](const ConversationId& conversation, const Feed& feed) {
      if (feed.NextStep() != Step::kNothing) moving.push_back(conversation);
    });
    return moving;
  }

  static ConversationId NewConversation(std::uint8_t first) {
    return ConversationId(Uuid(Uuid::Bytes{first}));
  }

  const ConversationId a_ = NewConversation(1);
  const ConversationId b_ = NewConversation(2);
  const ConversationId c_ = NewConversation(3);
  Feeds feeds_;
};

TEST_F(FeedsTest, LevelOnes_AreThere_AndSilent) {
  feeds_.LevelAt({{b_, Seq(5)}, {a_, Seq(3)}});
  EXPECT_EQ(Sent(), (std::map<ConversationId, Seq>{{a_, Seq(3)}, {b_, Seq(5)}}));
  EXPECT_TRUE(Moving().empty());
  EXPECT_TRUE(feeds_.contains(a_));
  EXPECT_FALSE(feeds_.contains(c_));
  EXPECT_EQ(feeds_.Find(c_), nullptr);
  EXPECT_EQ(feeds_.size(), 2U);
}

TEST_F(FeedsTest, ALevelOne_GoesOnFromItsSeq) {
  feeds_.LevelAt({{a_, Seq(3)}, {b_, Seq(5)}});
  EXPECT_EQ(feeds_[b_].OnChange(Seq(6)), Feed::Arrival::kSendNow);
  EXPECT_EQ(feeds_[b_].OnChange(Seq(6)), Feed::Arrival::kOld);
  feeds_[a_].OnHead(Seq(9));
  EXPECT_EQ(Moving(), std::vector{a_});
  EXPECT_EQ(Sent(), (std::map<ConversationId, Seq>{{a_, Seq(3)}, {b_, Seq(6)}}));
  ASSERT_NE(feeds_.Find(a_), nullptr);
  EXPECT_EQ(feeds_.Find(a_)->last_wanted(), Seq(9));
}

TEST_F(FeedsTest, AFeed_StaysWhereItIs_WhileOthersCome) {
  feeds_.LevelAt({{a_, Seq(3)}, {b_, Seq(5)}});
  Feed* const a = feeds_.Find(a_);
  for (std::uint8_t first = 10; first < 250; ++first) feeds_[NewConversation(first)].OnHead(Seq(1));
  EXPECT_EQ(feeds_.Find(a_), a);
}

TEST_F(FeedsTest, ErasedOnes_AreForgotten_SilentOrNot) {
  feeds_.LevelAt({{a_, Seq(3)}, {b_, Seq(5)}});
  feeds_[b_].OnHead(Seq(7));
  feeds_.Erase(a_);
  feeds_.Erase(b_);
  feeds_.Erase(c_);
  EXPECT_TRUE(Sent().empty());
  EXPECT_FALSE(feeds_.contains(a_));
  EXPECT_EQ(feeds_.Find(b_), nullptr);
  feeds_[a_].OnHead(Seq(2));
  EXPECT_TRUE(feeds_[a_].doubtful()) << "nothing was heard of it before";
}

TEST_F(FeedsTest, EventsBeforeTheResume_AreNotLost) {
  feeds_[a_].OnHead(Seq(8));  // one that no client was told of
  feeds_[b_].OnHead(Seq(5));
  feeds_.LevelAt({{a_, Seq(6)}, {b_, Seq(5)}, {c_, Seq(1)}});
  EXPECT_EQ(feeds_.Find(a_)->NextStep(), Step::kChanges);
  EXPECT_EQ(feeds_.Find(a_)->sent(), Seq(6));
  EXPECT_EQ(feeds_.Find(b_)->NextStep(), Step::kNothing);
  EXPECT_FALSE(feeds_.Find(b_)->doubtful());
}

TEST_F(FeedsTest, AnotherResume_KeepsWhatItDoesNotName) {
  feeds_.LevelAt({{a_, Seq(3)}, {b_, Seq(5)}});
  feeds_.Erase(b_);
  feeds_.LevelAt({{c_, Seq(9)}});
  EXPECT_EQ(Sent(), (std::map<ConversationId, Seq>{{a_, Seq(3)}, {c_, Seq(9)}}));
  feeds_.LevelAt({{a_, Seq(4)}, {c_, Seq(9)}});
  EXPECT_EQ(Sent(), (std::map<ConversationId, Seq>{{a_, Seq(4)}, {c_, Seq(9)}}));
  feeds_.clear();
  EXPECT_TRUE(Sent().empty());
  EXPECT_FALSE(feeds_.contains(a_));
}

}  // namespace
}  // namespace parley::gateway
