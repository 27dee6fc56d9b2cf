#include "chat/history.h"

#include <optional>

#include <gtest/gtest.h>

#include "chat/testing/chat_backend.h"
#include "chat/view_builder.h"
#include "storage/cached/cached_store.h"

namespace parley::chat {
namespace {

/// Reads through a cache that does not hear of what is written: as of a node that was not told.
class BehindTest : public ChatTest {
 protected:
  Membership Own() {
    const auto own = backend_.Run(behind_.conversations().FindMembership(bo_, group_));
    return own->value();
  }
  std::optional<Seq> LastOfChanges(Seq after) {
    const auto page = backend_.Run(history_.Changes(Own(), after, 10));
    return page.ok() && !page->reset ? std::optional(page->last_seq) : std::nullopt;
  }

  storage::cached::CachedStore behind_{backend_.store()};
  ViewBuilder views_{behind_};
  History history_{behind_, views_, EffectsAre::kFollowing};
  ConversationId group_ = backend_.Group(ann_, {bo_});
};

TEST_F(BehindTest, Changes_BehindTheKnownHead_AreReadFromTheStore) {
  EXPECT_EQ(LastOfChanges(Seq(0)), Seq(1));
  backend_.Chatter(ann_, group_, 2);
  EXPECT_EQ(LastOfChanges(Seq(0)), Seq(1)) << "the cache was to be behind";
  EXPECT_EQ(LastOfChanges(Seq(1)), Seq(3));
}

TEST_F(BehindTest, Changes_BehindAHeadThatIsOnlyKnownElsewhere_AreNoReset) {
  EXPECT_EQ(LastOfChanges(Seq(0)), Seq(1));
  backend_.Chatter(ann_, group_, 2);
  EXPECT_EQ(LastOfChanges(Seq(3)), Seq(3));
  EXPECT_EQ(LastOfChanges(Seq(4)), std::nullopt) << "nobody has written that";
}

TEST_F(BehindTest, Messages_AfterTheKnownHead_AreReadFromTheStore) {
  EXPECT_EQ(LastOfChanges(Seq(0)), Seq(1));
  backend_.Chatter(ann_, group_, 2);
  MessageRange after;
  after.after = Seq(1);
  MessageRange around;
  around.around = Seq(2);
  for (const MessageRange& range : {after, around}) {
    const auto page = backend_.Run(history_.Messages(Own(), range));
    ASSERT_TRUE(page.ok()) << page.status().ToString();
    EXPECT_EQ(page->items.size(), 2U);
    EXPECT_EQ(page->last_seq, Seq(3));
  }
}

}  // namespace
}  // namespace parley::chat
