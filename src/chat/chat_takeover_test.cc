// A node dies, or hears nothing, between any two steps of a commit; whoever comes next makes it as
// if nothing had happened (docs/architecture.md, "Many nodes"; promises I1, I2 and I3).

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/recent.h"
#include "chat/testing/chat_nodes.h"

namespace parley::chat {
namespace {

using storage::AppendOutcome;
using storage::memory::StoppedAnswer;
using storage::memory::Written;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// A world in which somebody gives one command, whatever becomes of it, and then the same again.
class Story {
 public:
  using Make = std::function<CommandBody(Story&)>;

  /// What happens first, and how the command looks that is disturbed.
  struct Plot {
    std::string name;
    std::function<void(Story&)> before;
    std::size_t caller = 0;
    Make command;
  };

  explicit Story(const Plot& plot) : plot_(plot) {
    if (plot_.before) plot_.before(*this);
    body_ = plot_.command(*this);
  }

  ChatBackend& one() { return one_; }
  ConversationId group() const { return group_; }
  const std::vector<UserId>& people() const { return people_; }
  std::vector<User> Profiles(const std::vector<std::size_t>& whom) {
    std::vector<UserId> ids;
    for (const std::size_t i : whom) ids.push_back(people_[i]);
    return *one_.Run(one_.store().accounts().FindUsers(std::move(ids)));
  }

  void RunUndisturbed() {
    EXPECT_EQ(CodeOf(one_.Do(people_[plot_.caller], group_, body_)), StatusCode::kOk);
  }

  /// The first node dies after so many steps; the second is given the command again. False if the
  /// commit has fewer steps.
  bool RunWithDeathAfter(std::size_t steps) {
    one_.controls().StopNextAppend(steps, StoppedAnswer::kNever);
    const Answer first = one_.Submit(people_[plot_.caller], group_, body_);
    one_.RunUntil([&] {
      return CodeOf(first) != StatusCode::kCancelled || one_.controls().stopped_appends() > 0;
    });
    if (one_.controls().stopped_appends() == 0) return false;
    world_->Stand(0, true);
    EXPECT_EQ(CodeOf(two_.Do(people_[plot_.caller], group_, body_)), StatusCode::kOk);
    return true;
  }

  /// The first node does not hear what became of it.
  bool RunWithTimeOutAfter(std::size_t steps) {
    ears_ = one_.Listen(people_[1]);
    one_.controls().StopNextAppend(steps, StoppedAnswer::kUnknown);
    const Answer answer = one_.Do(people_[plot_.caller], group_, body_);
    EXPECT_EQ(CodeOf(answer), StatusCode::kOk);
    if (CodeOf(answer) == StatusCode::kOk) EXPECT_FALSE((**answer)->existed);
    if (one_.controls().stopped_appends() == 0) return false;
    // The change itself, or how far the log has come.
    const auto head = two_.Run(two_.store().conversations().ReadApplied(group_));
    one_.RunUntil([&] {
      return std::ranges::any_of(ears_->told, [&](const std::string& told) {
        return told == fmt::format("change {}", head->value()) ||
               told == fmt::format("head {}", head->value()) ||
               told == fmt::format("left {}", head->value());
      });
    });
    return true;
  }

  /// Every row that follows from the log, and the log.
  std::vector<std::string> Rows() {
    std::vector<std::string> rows;
    auto& store = two_.store().conversations();
    const auto snapshot = *two_.Run(store.ReadSnapshot(group_, storage::ReadMode::kFresh));
    rows.push_back(fmt::format("{} {} {} history {}", snapshot->info.title,
                               snapshot->head.seq.value(), snapshot->head.n,
                               static_cast<int>(snapshot->info.history)));
    rows.push_back(fmt::format("applied {}", two_.Run(store.ReadApplied(group_))->value()));
    const auto log = two_.Run(store.ReadEntries(group_, Seq(), 1'000, 1'000'000));
    for (const auto& entry : *log) {
      rows.push_back(fmt::format("{} kind {} n {}", entry->seq.value(),
                                 static_cast<int>(entry->kind()), entry->n));
      if (!entry->is_message()) continue;
      const auto sent =
          *two_.Run(store.FindSent(group_, entry->actor, entry->message().client_id, TimePoint()));
      rows.push_back(
          sent ? fmt::format("sent {} {}", sent->seq.value(), fmt::join(sent->fingerprint, " "))
               : "not sent");
    }
    for (std::size_t i = 0; i < people_.size(); ++i) {
      const auto own = *two_.Run(store.FindMembership(people_[i], group_));
      const auto mentions = *two_.Run(store.CountMentions(people_[i], group_, Seq(), 100));
      const auto listed = two_.Run(store.ReadMemberships(people_[i]))->size();
      rows.push_back(fmt::format("person {}: mentions {} listed {}", i, mentions, listed));
      if (!own) continue;
      rows.push_back(fmt::format("  role {} joined {} first {} first_n {} read {} {} delivered {}",
                                 static_cast<int>(own->member.role), own->member.joined_seq.value(),
                                 own->member.first_seq.value(), own->member.first_n,
                                 own->position.read.value(), own->position.read_n,
                                 own->position.delivered.value()));
    }
    return rows;
  }

 private:
  const Plot& plot_;
  std::shared_ptr<ChatWorld> world_ = std::make_shared<ChatWorld>(ChatWorld::Kind::kManyNodes, 2);
  ChatBackend one_{world_, 0};
  ChatBackend two_{world_, 1};
  const std::vector<UserId> people_ = one_.People("person", 5);
  const ConversationId group_ = one_.Group(people_[0], {people_[1], people_[2]});
  CommandBody body_;
  std::unique_ptr<EventLog> ears_;
};

class ChatTakeover : public testing::TestWithParam<Story::Plot> {
 protected:
  static std::vector<std::string> Undisturbed() {
    Story story(GetParam());
    story.RunUndisturbed();
    return story.Rows();
  }
};

TEST_P(ChatTakeover, ADeathAfterAnyStep_IsAsIfNothingHadHappened) {
  const std::vector<std::string> undisturbed = Undisturbed();
  std::size_t steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    SCOPED_TRACE(steps);
    Story story(GetParam());
    stopped = story.RunWithDeathAfter(steps);
    EXPECT_EQ(story.Rows(), undisturbed);
  }
  EXPECT_GT(steps, 4U) << "listed, entries, at least one row, watermark";
}

TEST_P(ChatTakeover, ATimeOutAfterAnyStep_IsAnsweredAsCommitted_AndTold) {
  const std::vector<std::string> undisturbed = Undisturbed();
  std::size_t steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    SCOPED_TRACE(steps);
    Story story(GetParam());
    stopped = story.RunWithTimeOutAfter(steps);
    EXPECT_EQ(story.Rows(), undisturbed);
  }
  EXPECT_GT(steps, 4U);
}

std::vector<Story::Plot> Plots() {
  const auto chatter = [](Story& story) {
    story.one().Chatter(story.people()[1], story.group(), 3);
  };
  return {
      {"Send", chatter, 1,
       [](Story& story) {
         return SendCommand{story.one().NewClientId(), "@person0 @person2 hi", {}, Seq(3)};
       }},
      {"Say", chatter, 1,
       [](Story& story) { return SendCommand{story.one().NewClientId(), "hi", {}, Seq(3)}; }},
      {"Add", chatter, 0, [](Story& story) { return AddMembersCommand{story.Profiles({3, 4})}; }},
      {"AddBack",
       [](Story& story) {
         EXPECT_EQ(CodeOf(story.one().Do(story.people()[0], story.group(),
                                         RemoveMemberCommand{story.people()[2]})),
                   StatusCode::kOk);
         story.one().Chatter(story.people()[1], story.group(), 2);
       },
       0, [](Story& story) { return AddMembersCommand{story.Profiles({2})}; }},
      {"SetRole", nullptr, 0,
       [](Story& story) { return SetRoleCommand{story.people()[1], Role::kAdmin}; }},
      {"Rename", nullptr, 0, [](Story&) { return UpdateCommand{"another", HistoryPolicy::kAll}; }},
  };
}

INSTANTIATE_TEST_SUITE_P(Commands, ChatTakeover, testing::ValuesIn(Plots()),
                         [](const auto& info) { return info.param.name; });

class ChatTakeoverTest : public NodesTest {};

TEST_F(ChatTakeoverTest, ACreationThatDiedAfterAnyStep_IsFinished) {
  std::size_t steps = 0;
  for (bool stopped = true; stopped; ++steps) {
    SCOPED_TRACE(steps);
    auto world = std::make_shared<ChatWorld>(ChatWorld::Kind::kManyNodes, 2);
    ChatBackend one(world, 0);
    ChatBackend two(world, 1);
    const std::vector<UserId> people = one.People("person", 3);
    CreateCommand create;
    create.info.id = ConversationId(Uuid::Version7(one.clock().Now(), world->random));
    create.info.title = "a title";
    create.info.history = HistoryPolicy::kAll;
    create.info.created_by = people[0];
    create.founders = *one.Run(one.store().accounts().FindUsers(people));
    one.controls().StopNextAppend(steps, StoppedAnswer::kNever);
    const Answer first = one.Submit(people[0], create.info.id, create);
    one.RunUntil([&] {
      return CodeOf(first) != StatusCode::kCancelled || one.controls().stopped_appends() > 0;
    });
    stopped = one.controls().stopped_appends() > 0;
    world->Stand(0, true);
    EXPECT_EQ(CodeOf(two.Do(people[0], create.info.id, create)), StatusCode::kOk);
    for (const UserId person : people) {
      const ConversationView view = two.Get(person, create.info.id);
      EXPECT_EQ(view.snapshot->info.title, "a title");
      EXPECT_EQ(view.snapshot->info.history, HistoryPolicy::kAll);
      EXPECT_EQ(view.snapshot->members->size(), 3U);
      EXPECT_THAT(two.Listed(person), ElementsAre(create.info.id));
    }
  }
  EXPECT_EQ(steps, 8U) << "listed, entry, three members, info, watermark: and undisturbed";
}

TEST_F(ChatTakeoverTest, ARemovalWhoseNodeDied_IsToldByTheNext) {
  const auto bo_hears = one_.Listen(bo_);
  const auto cy_hears = one_.Listen(cy_);
  one_.controls().StopNextAppend(2, StoppedAnswer::kNever);
  const Answer removal = one_.Submit(ann_, group_, RemoveMemberCommand{bo_});
  one_.RunUntil([&] { return one_.controls().stopped_appends() == 1; });
  world_->Stand(0, true);
  // Bob's ears are on the first node: those who are told here are heard on the second.
  const auto bo_elsewhere = two_.Listen(bo_);
  const auto cy_elsewhere = two_.Listen(cy_);
  EXPECT_EQ(SeqOf(two_.Do(cy_, group_, two_.Text("where is bob?"))), Seq(3));
  EXPECT_THAT(bo_elsewhere->told, Contains("left 2"));
  EXPECT_THAT(cy_elsewhere->told, Contains("head 2"));
  EXPECT_THAT(cy_elsewhere->seqs, ElementsAre(Seq(3)));
  EXPECT_EQ(two_.GetCode(bo_, group_), StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(removal), StatusCode::kCancelled);
}

TEST_F(ChatTakeoverTest, AMessage_IsToldBeforeItsRowsAreWritten_AndAnsweredAfter) {
  const auto bo_hears = one_.Listen(bo_);
  one_.controls().StopNextAppend(3, StoppedAnswer::kNever);
  const SendCommand message = one_.Text("hello");
  const Answer sent = one_.Submit(ann_, group_, message);
  one_.RunUntil([&] { return !bo_hears->seqs.empty(); });
  EXPECT_THAT(bo_hears->seqs, ElementsAre(Seq(2)));
  one_.RunUntil([&] { return one_.controls().stopped_appends() == 1; });
  EXPECT_EQ(CodeOf(sent), StatusCode::kCancelled);
  world_->Stand(0, true);
  const Answer again = two_.Do(ann_, group_, message);
  ASSERT_EQ(SeqOf(again), Seq(2));
  EXPECT_TRUE((**again)->existed);
}

TEST_F(ChatTakeoverTest, AMention_IsToldOnceItsRowIsWritten) {
  const auto bo_hears = one_.Listen(bo_);
  one_.controls().StopNextAppend(3, StoppedAnswer::kNever);
  const Answer sent = one_.Submit(ann_, group_, one_.Text("@bob hello"));
  one_.RunUntil([&] { return one_.controls().stopped_appends() == 1; });
  world_->RunUntilIdle();
  EXPECT_THAT(bo_hears->seqs, IsEmpty());
}

TEST_F(ChatTakeoverTest, WhoWasAddedBeforeTheHistoryWasOpened_SeesNoMoreByIt) {
  // Both are one commit; only what the later entry left was written when the node died.
  const UserId dee = one_.Person("dee");
  one_.Chatter(ann_, group_, 2);
  one_.controls().HoldCommits();
  const Answer first = one_.SubmitHeld(ann_, group_, one_.Text("first"));
  const auto users = one_.Run(one_.store().accounts().FindUsers({dee}));
  const Answer added = one_.Submit(ann_, group_, AddMembersCommand{*users});
  const Answer opened = one_.Submit(ann_, group_, UpdateCommand{{}, HistoryPolicy::kAll});
  // Of the first commit; the second stops before its watermark.
  one_.controls().StopNextAppend(100, StoppedAnswer::kNever);
  one_.controls().StopNextAppend(4, StoppedAnswer::kNever);
  one_.controls().ReleaseCommits();
  one_.Await(first);
  one_.RunUntil([&] { return one_.controls().stopped_appends() == 1; });
  world_->Stand(0, true);
  EXPECT_EQ(SeqOf(two_.Do(bo_, group_, two_.Text("next"))), Seq(7));
  const ConversationView view = two_.Get(dee, group_);
  EXPECT_EQ(view.snapshot->info.history, HistoryPolicy::kAll);
  EXPECT_EQ(view.own.member.first_seq, Seq(5));
  EXPECT_EQ(view.own.member.first_n, 3U);
}

// -- What an unknown outcome comes to -------------------------------------------------------------

TEST_F(ChatTakeoverTest, Unknown_OfSeveral_EachIsAnsweredOnce_InOrder) {
  const auto bo_hears = one_.Listen(bo_);
  one_.controls().HoldCommits();
  const Answer held = one_.SubmitHeld(ann_, group_, one_.Text("held"));
  std::vector<Answer> answers;
  for (int i = 0; i < 5; ++i) answers.push_back(one_.Submit(ann_, group_, one_.Text("next")));
  one_.controls().FailNextAppend(AppendOutcome::kUnknown, Written::kYes);
  one_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(one_.Await(held)), Seq(2));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(SeqOf(one_.Await(answers[i])), Seq(3 + i));
    EXPECT_FALSE((**answers[i])->existed);
  }
  EXPECT_EQ(one_.chat().stats().duplicates.Get(), 0U);
  EXPECT_EQ(one_.chat().stats().messages.Get(), 6U);
}

TEST_F(ChatTakeoverTest, Unknown_BehindManyOthers_IsFoundInTheLog) {
  // More than the ring holds came after it, by another node, before this one looked again.
  one_.controls().FailNextAppend(AppendOutcome::kUnknown, Written::kYes);
  one_.controls().HoldCommits();
  const Answer answer = one_.SubmitHeld(ann_, group_, one_.Text("mine"));
  world_->Stand(0, true);
  one_.controls().ReleaseCommits();
  one_.RunUntil([&] { return one_.controls().appends_under_way() == 0; });
  two_.Chatter(bo_, group_, RecentEntries::kCapacity + 10);
  world_->Stand(0, false);
  EXPECT_EQ(SeqOf(one_.Await(answer)), Seq(2));
  EXPECT_FALSE((**answer)->existed);
}

TEST_F(ChatTakeoverTest, Unknown_AndAnotherTookItsPlace_RunsAgain) {
  one_.controls().FailNextAppend(AppendOutcome::kUnknown, Written::kNo);
  one_.controls().HoldCommits();
  const Answer answer = one_.SubmitHeld(ann_, group_, one_.Text("mine"));
  world_->Stand(0, true);
  one_.controls().ReleaseCommits();
  one_.RunUntil([&] { return one_.controls().appends_under_way() == 0; });
  EXPECT_EQ(SeqOf(two_.Do(bo_, group_, two_.Text("theirs"))), Seq(2));
  world_->Stand(0, false);
  EXPECT_EQ(SeqOf(one_.Await(answer)), Seq(3));
  EXPECT_FALSE((**answer)->existed);
}

TEST_F(ChatTakeoverTest, WhoPaused_LosesItsWrite_AndSeesWhatHappenedMeanwhile) {
  EXPECT_EQ(SeqOf(one_.Do(bo_, group_, one_.Text("1"))), Seq(2));
  EXPECT_EQ(CodeOf(two_.Do(ann_, group_, RemoveMemberCommand{bo_})), StatusCode::kOk);
  EXPECT_EQ(SeqOf(two_.Do(cy_, group_, two_.Text("2"))), Seq(4));
  // Its actor knows nothing of it.
  const Answer removed = one_.Submit(bo_, group_, one_.Text("still here?"));
  const Answer member = one_.Submit(cy_, group_, one_.Text("3"));
  EXPECT_EQ(CodeOf(one_.Await(removed)), StatusCode::kNotFound);
  EXPECT_EQ(SeqOf(one_.Await(member)), Seq(5));
  EXPECT_THAT(two_.Texts(ann_, group_), ElementsAre("1", "2", "3"));
}

TEST_F(ChatTakeoverTest, ARetryThroughAnotherNode_IsTheSameMessage) {
  const SendCommand message = one_.Text("once");
  EXPECT_EQ(SeqOf(one_.Do(ann_, group_, message)), Seq(2));
  const Answer again = two_.Do(ann_, group_, message);
  EXPECT_EQ(SeqOf(again), Seq(2));
  EXPECT_TRUE((**again)->existed);
}

}  // namespace
}  // namespace parley::chat
