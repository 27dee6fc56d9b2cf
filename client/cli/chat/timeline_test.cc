#include "client/cli/chat/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/frames.h"
#include "client/testing/samples.h"

namespace parley::client::cli::chat {
namespace {

using ::testing::ElementsAre;
using Where = Timeline::Where;
using Keep = Timeline::Keep;

Change ChangeAt(std::uint64_t seq) {
  return std::get<ChangeFrame>(*ParseFrame(LiveJson(ChangeJson(kTeam, seq)))).change;
}

/// Messages `first` to `last` of a log that ends at `head`.
MessagePage PageOf(std::uint64_t first, std::uint64_t last, std::uint64_t head) {
  MessagePage page{{}, first > 1, last < head, Seq(head)};
  for (std::uint64_t seq = first; seq <= last; ++seq) page.items.push_back(*ChangeAt(seq).message);
  return page;
}

std::vector<std::uint64_t> Seqs(const Timeline& timeline) {
  std::vector<std::uint64_t> seqs;
  for (const Entry& entry : timeline.entries()) seqs.push_back(entry.seq.value());
  return seqs;
}

class TimelineTest : public ::testing::Test {
 protected:
  void Live(std::uint64_t seq) { timeline_.OnChange(ChangeAt(seq), "", Keep::kNewest); }
  Timeline timeline_;
};

TEST_F(TimelineTest, LiveBeforeTheFirstPage_JoinsIt) {
  timeline_.Begin(Seq(5));
  Live(6);
  EXPECT_TRUE(timeline_.OnPage(Where::kLatest, PageOf(4, 6, 6)));
  Live(7);
  Live(7);
  EXPECT_THAT(Seqs(timeline_), ElementsAre(4, 5, 6, 7));
  EXPECT_TRUE(timeline_.at_end());
  EXPECT_TRUE(timeline_.has_before());
}

TEST_F(TimelineTest, PageOlderThanWhatWasHeard_IsAskedForAgain) {
  timeline_.Begin(Seq(5));
  Live(6);
  EXPECT_FALSE(timeline_.OnPage(Where::kLatest, PageOf(4, 5, 5)));
  EXPECT_FALSE(timeline_.loaded());
}

TEST_F(TimelineTest, AroundTheMiddle_LiveOnesWaitUntilItIsReached) {
  timeline_.Begin(Seq(100));
  Live(101);
  EXPECT_TRUE(timeline_.OnPage(Where::kAround, PageOf(10, 12, 101)));
  Live(102);
  EXPECT_THAT(Seqs(timeline_), ElementsAre(10, 11, 12));
  EXPECT_FALSE(timeline_.at_end());
  EXPECT_TRUE(timeline_.OnPage(Where::kAfter, PageOf(13, 15, 102)));
  EXPECT_FALSE(timeline_.at_end());
  EXPECT_TRUE(timeline_.OnPage(Where::kAfter, PageOf(16, 102, 102)));
  Live(103);
  EXPECT_TRUE(timeline_.at_end());
  EXPECT_EQ(timeline_.entries().back().seq, Seq(103));
}

TEST_F(TimelineTest, AfterPage_WhileMoreCameLive_IsNotTheEnd) {
  timeline_.Begin(Seq(100));
  timeline_.OnPage(Where::kAround, PageOf(10, 12, 100));
  Live(101);
  timeline_.OnPage(Where::kAfter, PageOf(13, 100, 100));
  EXPECT_FALSE(timeline_.at_end());
  timeline_.OnPage(Where::kAfter, PageOf(101, 101, 101));
  EXPECT_TRUE(timeline_.at_end());
}

TEST_F(TimelineTest, MemoryIsBounded_OnTheSideThatIsNotLookedAt) {
  timeline_.Begin(Seq(5'000));
  timeline_.OnPage(Where::kLatest, PageOf(4'951, 5'000, 5'000));
  for (std::uint64_t first = 4'901; first > 100; first -= 50) {
    timeline_.OnPage(Where::kBefore, PageOf(first, first + 49, 5'000));
    EXPECT_LE(timeline_.entries().size(), Timeline::kMaxEntries * 3 / 2);
    EXPECT_EQ(timeline_.entries().front().seq, Seq(first));
  }
  EXPECT_FALSE(timeline_.at_end());
  timeline_.Begin(Seq(0));
  timeline_.OnPage(Where::kLatest, MessagePage{{}, false, false, Seq(0)});
  for (std::uint64_t seq = 1; seq < 2'000; ++seq) Live(seq);
  EXPECT_LE(timeline_.entries().size(), Timeline::kMaxEntries * 3 / 2);
  EXPECT_TRUE(timeline_.at_end());
  EXPECT_TRUE(timeline_.has_before());
}

TEST_F(TimelineTest, Outgoing_IsReplacedByItsMessage_InEitherOrder) {
  const ClientId id = *ClientId::Parse(kTeam);  // as in MessageJson
  timeline_.Begin(Seq(0));
  timeline_.OnPage(Where::kLatest, MessagePage{{}, false, false, Seq(0)});
  timeline_.Add({id, "hi", TimePoint()});
  EXPECT_EQ(timeline_.size(), 1U);
  timeline_.OnSent(id);
  EXPECT_EQ(timeline_.outgoing().front().state, Outgoing::State::kStored);
  Live(1);
  EXPECT_TRUE(timeline_.outgoing().empty());
  timeline_.OnSent(id);
  EXPECT_EQ(timeline_.size(), 1U);
}

TEST_F(TimelineTest, Refused_CanBeTakenBack) {
  const ClientId id = *ClientId::Parse(kOther);
  timeline_.Add({id, "hi", TimePoint()});
  EXPECT_FALSE(timeline_.TakeRefused().has_value());
  timeline_.OnRefused(id, "no");
  EXPECT_EQ(timeline_.TakeRefused()->text, "hi");
  EXPECT_TRUE(timeline_.outgoing().empty());
}

TEST_F(TimelineTest, EditAndDelete_ChangeWhatIsThere) {
  timeline_.Begin(Seq(0));
  timeline_.OnPage(Where::kLatest, MessagePage{{}, false, false, Seq(0)});
  Live(1);
  Change edit = ChangeAt(2);
  edit.message.reset();
  edit.kind = "edit";
  edit.target_seq = Seq(1);
  edit.text = "better\x1b";
  timeline_.OnChange(edit, "", Keep::kNewest);
  EXPECT_EQ(timeline_.entries()[0].text, "better\\x1b");
  EXPECT_TRUE(timeline_.entries()[0].edited);
  edit.kind = "delete";
  timeline_.OnChange(edit, "", Keep::kNewest);
  EXPECT_TRUE(timeline_.entries()[0].deleted);
  EXPECT_EQ(timeline_.entries().size(), 1U);
}

TEST_F(TimelineTest, Texts_AreHarmless) {
  Message message = *ChangeAt(1).message;
  message.text = "a\tb\x1b[31m\xe2\x80\xae";
  message.reply_to = Quote{Seq(1), UserId(), "x\ny\x07"};
  message.media_count = 2;
  const Entry entry = EntryOf(message);
  EXPECT_EQ(entry.text, "a    b\\x1b[31m\\u202e\n[2 attachments]");
  EXPECT_EQ(entry.reply_to->excerpt, "x\\x0ay\\x07");
}

}  // namespace
}  // namespace parley::client::cli::chat
