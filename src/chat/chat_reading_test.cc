// ChatService: pages of messages and changes, lists, counts.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/testing/chat_backend.h"

namespace parley::chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

/// A conversation of ann and bob with messages "m2" … "m21" (seq 2 to 21), cyd added with 22, "m23"
/// … "m25".
class ChatReading : public ChatTest {
 protected:
  ChatReading() {
    for (int seq = 2; seq <= 21; ++seq) Say(seq);
    backend_.Add(ann_, group_, {cy_});
    for (int seq = 23; seq <= 25; ++seq) Say(seq);
  }

  void Say(int seq) {
    EXPECT_EQ(SeqOf(backend_.Do(ann_, group_, backend_.Text(fmt::format("m{}", seq)))).value(),
              static_cast<std::uint64_t>(seq));
  }
  /// "<more before?> first..last <more after?>", like "<2..5>" with more on both sides.
  std::string Messages(UserId caller, MessageRange range) {
    const auto page = backend_.Run(backend_.chat().ReadMessages(caller, group_, range));
    if (!page.ok()) return page.status().ToString();
    EXPECT_EQ(page->last_seq, Seq(25));
    std::string shown = page->has_more_before ? "<" : "|";
    if (!page->items.empty()) {
      shown +=
          fmt::format("{}..{}", page->items.front()->seq.value(), page->items.back()->seq.value());
    }
    for (std::size_t i = 1; i < page->items.size(); ++i) {
      EXPECT_LT(page->items[i - 1]->seq, page->items[i]->seq);
    }
    return shown + (page->has_more_after ? ">" : "|");
  }
  static MessageRange Before(std::uint64_t seq, std::size_t limit) {
    return {Seq(seq), {}, {}, limit};
  }
  static MessageRange After(std::uint64_t seq, std::size_t limit) {
    return {{}, Seq(seq), {}, limit};
  }
  static MessageRange Around(std::uint64_t seq, std::size_t limit) {
    return {{}, {}, Seq(seq), limit};
  }

  std::string Changes(UserId caller, std::uint64_t after, std::size_t limit) {
    const auto page = backend_.Run(backend_.chat().ReadChanges(caller, group_, Seq(after), limit));
    if (!page.ok()) return page.status().ToString();
    EXPECT_EQ(page->last_seq, Seq(25));
    if (page->reset) return page->items.empty() ? "reset" : "reset with items";
    if (page->items.empty()) return "none";
    for (std::size_t i = 0; i < page->items.size(); ++i) {
      EXPECT_EQ(page->items[i].entry->seq.value(), after + 1 + i);
    }
    return fmt::format("{}..{}", after + 1, page->items.back().entry->seq.value());
  }

  const ConversationId group_ = backend_.Group(ann_, {bo_});
};

TEST_F(ChatReading, Messages_TheLatest) {
  EXPECT_EQ(Messages(ann_, {}), "|2..25|");
  EXPECT_EQ(Messages(ann_, {{}, {}, {}, 4}), "<21..25|");
}

TEST_F(ChatReading, Messages_Before) {
  EXPECT_EQ(Messages(ann_, Before(10, 3)), "<7..9>");
  EXPECT_EQ(Messages(ann_, Before(4, 3)), "|2..3>");
  EXPECT_EQ(Messages(ann_, Before(2, 3)), "|>");
  EXPECT_EQ(Messages(ann_, Before(99, 3)), "<23..25|");
}

TEST_F(ChatReading, Messages_After) {
  EXPECT_EQ(Messages(ann_, After(0, 3)), "|2..4>");
  EXPECT_EQ(Messages(ann_, After(20, 3)), "<21..24>");
  EXPECT_EQ(Messages(ann_, After(22, 3)), "<23..25|");
  EXPECT_EQ(Messages(ann_, After(25, 3)), "<|");
}

TEST_F(ChatReading, Messages_Around) {
  EXPECT_EQ(Messages(ann_, Around(10, 4)), "<8..11>");
  EXPECT_EQ(Messages(ann_, Around(2, 4)), "|2..5>");
  EXPECT_EQ(Messages(ann_, Around(25, 4)), "<21..25|");
  EXPECT_EQ(Messages(ann_, Around(99, 4)), "<21..25|");
  EXPECT_EQ(Messages(ann_, Around(10, 100)), "|2..25|");
}

TEST_F(ChatReading, Messages_OfANewcomer_BeginWithTheirJoining) {
  EXPECT_EQ(Messages(cy_, {}), "|23..25|");
  EXPECT_EQ(Messages(cy_, Before(25, 1)), "<24..24>");
  EXPECT_EQ(Messages(cy_, Before(24, 9)), "|23..23>");
  EXPECT_EQ(Messages(cy_, Before(3, 9)), "|>");
}

TEST_F(ChatReading, Messages_OfANewcomer_AfterAnEarlierSeq_BeginWithTheirJoining) {
  EXPECT_EQ(Messages(cy_, After(0, 2)), "|23..24>");
  EXPECT_EQ(Messages(cy_, After(10, 100)), "|23..25|");
}

TEST_F(ChatReading, Messages_OfANewcomer_AroundAnEarlierSeq_BeginWithTheirJoining) {
  EXPECT_EQ(Messages(cy_, Around(3, 2)), "|23..24>");
  EXPECT_EQ(Messages(cy_, Around(24, 3)), "|23..25|");
  EXPECT_EQ(Messages(cy_, Around(23, 2)), "|23..24>");
}

TEST_F(ChatReading, Messages_OfANewcomerToSilence_AreNone) {
  const ConversationId quiet = backend_.Group(ann_, {bo_});
  backend_.Do(ann_, quiet, backend_.Text("before"));
  backend_.Add(ann_, quiet, {cy_});
  const auto page = backend_.Run(backend_.chat().ReadMessages(cy_, quiet, After(0, 5)));
  EXPECT_THAT(page->items, IsEmpty());
  EXPECT_FALSE(page->has_more_before);
  EXPECT_FALSE(page->has_more_after);
}

TEST_F(ChatReading, Changes_HaveNoHoles) {
  EXPECT_EQ(Changes(ann_, 0, 100), "1..25");
  EXPECT_EQ(Changes(ann_, 20, 3), "21..23");
  EXPECT_EQ(Changes(ann_, 25, 3), "none");
}

TEST_F(ChatReading, Changes_ResetOnlyOutsideOfWhatOneMaySee) {
  EXPECT_EQ(Changes(ann_, 26, 3), "reset");
  EXPECT_EQ(Changes(cy_, 20, 3), "reset");
  EXPECT_EQ(Changes(cy_, 21, 2), "22..23");
}

TEST_F(ChatReading, Changes_OfMembers_ComeWithProfiles) {
  const auto page = backend_.Run(backend_.chat().ReadChanges(ann_, group_, Seq(21), 1));
  ASSERT_THAT(page->items.at(0).users, SizeIs(1));
  EXPECT_EQ(page->items[0].users[0].username, "cyd");
}

TEST_F(ChatReading, Counts_UnreadAndMentions) {
  EXPECT_EQ(backend_.Get(bo_, group_).unread_count, 23U);
  EXPECT_EQ(backend_.Get(cy_, group_).unread_count, 3U);
  EXPECT_EQ(backend_.Get(ann_, group_).unread_count, 0U) << "one has read what one says";
  backend_.Do(ann_, group_, backend_.Text("@bob, @cyd"));
  backend_.Do(ann_, group_, backend_.Text("@bob"));
  EXPECT_EQ(backend_.Get(bo_, group_).mention_count, 2U);
  EXPECT_EQ(backend_.Get(cy_, group_).mention_count, 1U);
  ASSERT_TRUE(backend_.Run(backend_.chat().MarkRead(bo_, group_, Seq(26))).ok());
  EXPECT_EQ(backend_.Get(bo_, group_).unread_count, 1U);
  EXPECT_EQ(backend_.Get(bo_, group_).mention_count, 1U);
}

TEST_F(ChatReading, Members_PageByStanding) {
  const std::vector<UserId> more = backend_.People("p", 3);
  backend_.Add(ann_, group_, more);
  std::vector<std::string> names;
  Page page;
  page.limit = 2;
  do {
    const auto part = backend_.Run(backend_.chat().ListMembers(cy_, group_, page));
    ASSERT_TRUE(part.ok());
    for (const MemberView& member : part->items) names.push_back(member.user.username);
    page.cursor = part->next_cursor;
  } while (page.cursor);
  EXPECT_THAT(names, SizeIs(6));
  EXPECT_EQ(names[2], "cyd");
}

class ChatLists : public ChatTest {
 protected:
  /// The conversations of ann in pages of `limit`, and how many pages it took.
  std::pair<std::vector<ConversationId>, int> Pages(std::size_t limit) {
    std::pair<std::vector<ConversationId>, int> all;
    Page page;
    page.limit = limit;
    do {
      const auto part = backend_.Run(backend_.chat().List(ann_, page));
      EXPECT_TRUE(part.ok()) << part.status().ToString();
      for (const ConversationView& view : part->items) all.first.push_back(view.snapshot->info.id);
      page.cursor = part->next_cursor;
      ++all.second;
    } while (page.cursor);
    return all;
  }
};

TEST_F(ChatLists, LatestMessageFirst_AndAChangeOfTitleMovesNothing) {
  const ConversationId one = backend_.Group(ann_, {bo_});
  backend_.clock().Advance(1s);
  const ConversationId two = backend_.Group(ann_, {bo_});
  EXPECT_THAT(backend_.Listed(ann_), ElementsAre(two, one));
  backend_.clock().Advance(1s);
  backend_.Do(bo_, one, backend_.Text("up"));
  EXPECT_THAT(backend_.Listed(ann_), ElementsAre(one, two));
  backend_.clock().Advance(1s);
  backend_.Do(ann_, two, UpdateCommand{"new", {}});
  EXPECT_THAT(backend_.Listed(ann_), ElementsAre(one, two));
}

TEST_F(ChatLists, MessagesOfOneMillisecond_AreOrderedAsTheyWereSent) {
  std::vector<ConversationId> made;
  for (int i = 0; i < 5; ++i) made.push_back(backend_.Group(ann_, {}));
  for (const std::size_t each : {3U, 0U, 4U, 1U, 2U}) {
    backend_.Do(ann_, made[each], backend_.Text("now"));
  }
  EXPECT_THAT(backend_.Listed(ann_), ElementsAre(made[2], made[1], made[4], made[0], made[3]));
  EXPECT_THAT(Pages(2).first, ElementsAre(made[2], made[1], made[4], made[0], made[3]));
}

TEST_F(ChatLists, Pages_ShowEachOnce_AlsoOfTheSameTime) {
  std::vector<ConversationId> made;
  for (int i = 0; i < 5; ++i) made.push_back(backend_.Group(ann_, {}));
  const auto [listed, pages] = Pages(2);
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(made));
  EXPECT_EQ(Pages(5).second, 1) << "a full last page has no cursor";
}

TEST_F(ChatLists, APage_AsksOnceForTheProfilesOfAll) {
  const std::vector<UserId> others = backend_.People("other", 6);
  for (const UserId& other : others) backend_.Group(ann_, {bo_, other});
  Page page;
  page.limit = 4;
  const std::uint64_t before = backend_.controls().reads(storage::memory::ReadKind::kUsers);
  const auto shown = backend_.Run(backend_.chat().List(ann_, page));
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(backend_.controls().reads(storage::memory::ReadKind::kUsers) - before, 1U);
  ASSERT_THAT(shown->items, SizeIs(4));
  for (const ConversationView& view : shown->items) {
    std::vector<UserId> members;
    for (const MemberView& member : view.members) members.push_back(member.user.id);
    std::vector<UserId> expected;
    for (const Member& member : *view.snapshot->members) expected.push_back(member.user);
    EXPECT_EQ(members, expected);
  }
}

TEST_F(ChatLists, ForgedCursors_AreInvalid) {
  for (int i = 0; i < 3; ++i) backend_.Group(ann_, {bo_});
  Page page;
  page.limit = 1;
  const auto first = backend_.Run(backend_.chat().List(ann_, page));
  page.cursor = first->next_cursor;
  EXPECT_EQ(backend_.Run(backend_.chat().List(bo_, page)).status().code(),
            StatusCode::kInvalidArgument)
      << "a cursor is one person's own";
  EXPECT_EQ(backend_.Run(backend_.chat().ListMembers(ann_, first->items[0].snapshot->info.id, page))
                .status()
                .code(),
            StatusCode::kInvalidArgument)
      << "and of one list";
  page.cursor = "bm9uc2Vuc2U";
  EXPECT_EQ(backend_.Run(backend_.chat().List(ann_, page)).status().code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace parley::chat
