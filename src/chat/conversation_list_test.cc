#include "chat/conversation_list.h"

#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/testing/log_builder.h"

namespace parley::chat {
namespace {

using storage::NewId;
using testing::ElementsAreArray;
using testing::IsEmpty;

/// Groups that are shown to ann, each with its last message at the time it is made with.
class ConversationListTest : public testing::Test {
 protected:
  enum class Members { kAnn, kNobody, kUnknown };

  ConversationId Add(std::int64_t last_message_ms, Members members = Members::kAnn) {
    auto snapshot = std::make_shared<ConversationSnapshot>();
    snapshot->info.id = NewId<ConversationId>();
    snapshot->head.seq = Seq(1);
    snapshot->head.last_message_at = FromMillis(last_message_ms);
    Membership own;
    own.conversation = snapshot->info.id;
    own.member = {.user = ann_, .joined_at = {}, .joined_seq = Seq(1), .first_seq = Seq(1)};
    // Where it is unknown, a look at it would end the test.
    if (members != Members::kUnknown) snapshot->members = std::make_shared<std::vector<Member>>();
    if (members == Members::kAnn) {
      snapshot->members = std::make_shared<std::vector<Member>>(1, own.member);
    }
    memberships_.push_back(own);
    snapshots_.push_back(std::move(snapshot));
    return own.conversation;
  }

  std::vector<ConversationId> Take(std::size_t count, std::optional<ListPosition> after = {}) {
    ConversationList list(ann_, memberships_, snapshots_, after);
    std::vector<ConversationId> taken;
    while (taken.size() < count && !list.AtEnd()) taken.push_back(list.Next().own.conversation);
    return taken;
  }

  const UserId ann_ = NewId<UserId>();
  std::vector<Membership> memberships_;
  std::vector<storage::SnapshotPtr> snapshots_;
};

TEST_F(ConversationListTest, LatestFirst_FromThePlaceOn) {
  std::vector<ConversationId> made;
  for (int i = 0; i < 100; ++i) made.push_back(Add(i));
  std::ranges::reverse(made);
  EXPECT_THAT(Take(1'000), ElementsAreArray(made));
  const ListPosition tenth = ConversationList::PlaceOf(*snapshots_[90]);
  EXPECT_THAT(Take(5, tenth), ElementsAreArray(made.begin() + 10, made.begin() + 15));
}

TEST_F(ConversationListTest, OfOneTime_EachOnceOverItsPages) {
  std::vector<ConversationId> made;
  for (int i = 0; i < 20; ++i) made.push_back(Add(7));
  std::vector<ConversationId> taken;
  std::optional<ListPosition> after;
  while (true) {
    const std::vector<ConversationId> page = Take(3, after);
    if (page.empty()) break;
    taken.insert(taken.end(), page.begin(), page.end());
    after = ListPosition{7, page.back().uuid()};
  }
  std::ranges::sort(made, std::greater());
  EXPECT_THAT(taken, ElementsAreArray(made));
}

TEST_F(ConversationListTest, MembersAreSearchedOnlyOfWhatIsGivenOut) {
  for (int i = 0; i < 100; ++i) Add(i, Members::kUnknown);
  std::vector<ConversationId> latest;
  for (int i = 100; i < 110; ++i) latest.push_back(Add(i));
  std::ranges::reverse(latest);
  EXPECT_THAT(Take(10), ElementsAreArray(latest));
}

TEST_F(ConversationListTest, WhoIsOutOfIt_DoesNotSeeIt_NorASnapshotThatIsMissing) {
  const ConversationId mine = Add(1);
  Add(2, Members::kNobody);
  Add(3);
  snapshots_.pop_back();
  EXPECT_THAT(Take(10), ElementsAreArray({mine}));
  EXPECT_THAT(Take(10, ListPosition{1, mine.uuid()}), IsEmpty());
}

}  // namespace
}  // namespace parley::chat
