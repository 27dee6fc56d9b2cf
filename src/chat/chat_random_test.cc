// ChatService under random commands, retries, failing and held commits, and restarts: what must
// hold of the log whatever happens (promises I1, I2, I3).

#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/conversation_state.h"
#include "chat/testing/chat_backend.h"

namespace parley::chat {
namespace {

using storage::AppendOutcome;
using storage::memory::Written;

class ChatRandom : public ChatTest, public testing::WithParamInterface<unsigned> {
 protected:
  struct Sent {
    UserId sender;
    SendCommand message;
    Answer answer;
  };

  std::size_t Roll(std::size_t sides) { return engine_() % sides; }
  UserId Anybody() { return people_[Roll(people_.size())]; }

  void Step() {
    switch (Roll(12)) {
      case 0:
        FailNext();
        break;
      case 1:
        backend_.controls().HoldCommits();
        break;
      case 2:
        Settle();
        if (Roll(3) == 0) backend_.Restart();
        break;
      case 3:
        others_.push_back(backend_.Submit(ann_, group_, RemoveMemberCommand{NotAnn()}));
        break;
      case 4:
        others_.push_back(
            backend_.Submit(ann_, group_, AddMembersCommand{{profiles_[Roll(2) + 1]}}));
        break;
      case 5:
        others_.push_back(
            backend_.Submit(Anybody(), group_, MarkCommand{Seq(Roll(20)), Seq(Roll(20))}));
        break;
      case 6:
      case 7:
        if (!sent_.empty()) Send(sent_[Roll(sent_.size())]);  // a retry
        break;
      default:
        Send({Anybody(), backend_.Text("hello"), nullptr});
    }
  }
  void FailNext() {
    switch (Roll(4)) {
      case 0:
        return backend_.controls().FailNextAppend(AppendOutcome::kRefused);
      case 1:
        return backend_.controls().FailNextAppend(AppendOutcome::kConflict);
      case 2:
        return backend_.controls().FailNextAppend(AppendOutcome::kUnknown, Written::kNo);
      default:
        return backend_.controls().FailNextAppend(AppendOutcome::kUnknown, Written::kYes);
    }
  }
  UserId NotAnn() { return people_[1 + Roll(people_.size() - 1)]; }
  void Send(Sent sent) {
    sent.answer = backend_.Submit(sent.sender, group_, sent.message);
    sent_.push_back(std::move(sent));
  }
  /// Lets go, and waits for every answer.
  void Settle() {
    backend_.controls().ReleaseCommits();
    for (const Sent& sent : sent_) backend_.Await(sent.answer);
    for (const Answer& answer : others_) backend_.Await(answer);
  }

  std::vector<storage::EntryPtr> Log() {
    return *backend_.Run(
        backend_.store().conversations().ReadEntries(group_, Seq(), 100'000, std::size_t{1} << 30));
  }

  const ConversationId group_ = backend_.Group(ann_, {bo_, cy_});
  const std::vector<UserId> people_{ann_, bo_, cy_};
  const std::vector<User> profiles_ =
      *backend_.Run(backend_.store().accounts().FindUsers({ann_, bo_, cy_}));
  std::mt19937 engine_{GetParam()};
  std::vector<Sent> sent_;
  std::vector<Answer> others_;
};

TEST_P(ChatRandom, TheLogIsWhole_EachSendIsInItOnce_AndNothingAckedIsMissing) {
  const auto ann_hears = backend_.Listen(ann_);
  for (int i = 0; i < 300; ++i) Step();
  Settle();

  const std::vector<storage::EntryPtr> log = Log();
  ConversationState state;
  std::set<std::pair<UserId, ClientId>> seen;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Entry& entry = *log[i];
    ASSERT_EQ(entry.seq, Seq(i + 1));
    ASSERT_EQ(entry.n, state.head().n + (entry.is_message() ? 1 : 0));
    if (entry.is_message()) {
      EXPECT_NE(state.Find(entry.actor), nullptr) << "said by who was no member";
      EXPECT_TRUE(seen.emplace(entry.actor, entry.message().client_id).second) << "said twice";
    }
    state.Apply(entry, profiles_);
  }
  const auto snapshot = *backend_.Run(
      backend_.store().conversations().ReadSnapshot(group_, storage::ReadMode::kFresh));
  EXPECT_EQ(snapshot->head, state.head());
  ASSERT_EQ(snapshot->members->size(), state.member_count());
  for (const Member& member : *snapshot->members) EXPECT_EQ(member, *state.Find(member.user));

  for (const Sent& sent : sent_) {
    const StatusCode code = CodeOf(sent.answer);
    if (code != StatusCode::kOk) {
      EXPECT_TRUE(code == StatusCode::kUnavailable || code == StatusCode::kNotFound);
      continue;
    }
    const Seq seq = SeqOf(sent.answer);
    ASSERT_TRUE(seq > Seq() && seq.value() <= log.size());
    EXPECT_EQ(log[seq.value() - 1]->actor, sent.sender);
    EXPECT_EQ(log[seq.value() - 1]->message().client_id, sent.message.client_id);
  }
  // An append of unknown outcome is told by nobody yet; else the order is that of the log, each
  // once.
  for (std::size_t i = 1; i < ann_hears->seqs.size(); ++i) {
    EXPECT_LT(ann_hears->seqs[i - 1], ann_hears->seqs[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ChatRandom, testing::Range(1U, 31U));

}  // namespace
}  // namespace parley::chat
