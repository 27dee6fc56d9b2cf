#include "chat/forwarder.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/random.h"
#include "bus/local/local_bus.h"
#include "bus/testing/fake_fleet.h"
#include "chat/chat_service.h"
#include "chat/testing/chat_backend.h"
#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"

namespace parley::chat {
namespace {

/// Short, since lost answers are waited for; long enough for a loaded machine to answer in.
constexpr std::chrono::milliseconds kTimeout{400};

/// Three nodes on one store, on one shard that the test drives by hand.
class ForwarderTest : public testing::Test {
 protected:
  static constexpr int kNodes = 3;

  explicit ForwarderTest(std::chrono::milliseconds timeout = kTimeout) : timeout_(timeout) {
    for (int i = 0; i < kNodes; ++i) nodes_.push_back(NewNode(i));
    for (int i = 0; i < kNodes; ++i) fleet_.node(i).Start();
    ann_ = Person("ann");
    bo_ = Person("bob");
    group_ = NewGroup();
  }
  ~ForwarderTest() override {
    for (int i = 0; i < kNodes; ++i) fleet_.ReleaseRequests(i);
    store_.controls().ReleaseCommits();
    while (shard_.RunUntilIdle() || store_.controls().appends_under_way() > 0) {
      std::this_thread::yield();
    }
    store_.Stop();
    On([this] { nodes_.clear(); });
  }

  std::unique_ptr<ChatService> NewNode(int index) {
    ChatDependencies dependencies;
    dependencies.shards = {&shard_};
    dependencies.store = &store_;
    dependencies.bus = &bus_;
    dependencies.fleet = &fleet_.node(index);
    dependencies.clock = &clock_;
    dependencies.random = &random_;
    dependencies.forward_timeout = timeout_;
    dependencies.fingerprint_key.fill(1);
    return std::make_unique<ChatService>(std::move(dependencies));
  }

  UserId Person(const std::string& name) {
    User user;
    user.id = UserId(Uuid::Version7(clock_.Now(), random_));
    user.username = user.display_name = name;
    EXPECT_TRUE(runtime::RunTask(shard_, store_.accounts().CreateUser(user, "hash")).ok());
    return user.id;
  }

  ConversationId NewGroup() {
    CreateRequest request;
    request.member_ids = {bo_};
    request.title = "a group";
    auto made = runtime::RunTask(shard_, nodes_[0]->Create(ann_, std::move(request)));
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    return made->first.snapshot->info.id;
  }

  void On(std::function<void()> work) {
    shard_.Post(std::move(work));
    while (shard_.RunUntilIdle()) {
    }
  }

  void Await(const Answer& answer) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!answer->has_value()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited too long";
      if (!shard_.RunUntilIdle()) std::this_thread::yield();
    }
  }

  /// The node that looks after the group, as all believe, and another one.
  int Owner() { return OwnerOf(group_); }
  int OwnerOf(ConversationId conversation) {
    const bus::NodeId id = bus::PreferredNode(*fleet_.node(0).view(), conversation.view());
    for (int i = 0; i < kNodes; ++i) {
      if (fleet_.node(i).self() == id) return i;
    }
    return -1;
  }
  int Other() { return (Owner() + 1) % kNodes; }

  Answer Submit(int node, CommandBody body, UserId caller) {
    return SubmitTo(group_, node, std::move(body), caller);
  }
  Answer SubmitTo(ConversationId to, int node, CommandBody body, UserId caller) {
    auto answer = std::make_shared<std::optional<Result<CommandAnswer>>>();
    auto given = std::make_shared<CommandBody>(std::move(body));
    On([=, this] {
      nodes_[static_cast<std::size_t>(node)]->Submit(
          to, caller, std::move(*given),
          [answer](Result<CommandAnswer> result) { answer->emplace(std::move(result)); });
    });
    return answer;
  }
  Answer Send(int node, std::string text) { return SendTo(group_, node, std::move(text)); }
  Answer SendTo(ConversationId to, int node, std::string text) {
    const ClientId client_id(Uuid::Version7(clock_.Now(), random_));
    return SubmitTo(to, node, SendCommand{client_id, std::move(text), {}, std::nullopt}, ann_);
  }

  std::vector<std::string> Texts() {
    MessageRange range;
    range.limit = Limits::kPageMax;
    const auto page = runtime::RunTask(shard_, nodes_[0]->ReadMessages(ann_, group_, range));
    EXPECT_TRUE(page.ok());
    std::vector<std::string> texts;
    for (const auto& entry : page->items) texts.push_back(entry->message().text);
    return texts;
  }

  const ForwardStats& Stats(int node) {
    return *nodes_[static_cast<std::size_t>(node)]->forward_stats();
  }

  /// Sends ten messages while `fail` goes wrong after the third, and expects all in order, once.
  void ExpectAllInOrder(const std::function<void()>& fail) {
    const int node = Other();
    std::vector<Answer> answers;
    std::vector<std::string> texts;
    for (int i = 0; i < 10; ++i) {
      if (i == 3) fail();
      texts.push_back(fmt::format("message {}", i));
      answers.push_back(Send(node, texts.back()));
    }
    for (const Answer& answer : answers) {
      Await(answer);
      EXPECT_EQ(CodeOf(answer), StatusCode::kOk) << (*answer)->status().ToString();
    }
    EXPECT_EQ(Texts(), texts);
    EXPECT_GT(Stats(node).rerun, 0U);
  }

  const std::chrono::milliseconds timeout_;
  FakeClock clock_;
  FakeRandom random_;
  runtime::Shard shard_;
  bus::LocalBus bus_{{&shard_}};
  storage::memory::FakeStore store_;
  bus::FakeFleet fleet_{kNodes};
  std::vector<std::unique_ptr<ChatService>> nodes_;
  UserId ann_;
  UserId bo_;
  ConversationId group_;
};

TEST_F(ForwarderTest, WhatIsSaidAnywhere_RunsAtTheNodeThatLooksAfterIt) {
  const std::uint64_t before = Stats(Owner()).taken;
  const Answer there = Send(Other(), "from elsewhere");
  const Answer here = Send(Owner(), "from here");
  Await(there);
  Await(here);
  EXPECT_EQ(SeqOf(there), Seq(2));
  EXPECT_EQ((**there)->entry->message().text, "from elsewhere");
  EXPECT_EQ(SeqOf(here), Seq(3));
  EXPECT_EQ(Stats(Owner()).taken - before, 1U);
  EXPECT_EQ(Stats(Other()).rerun, 0U);
  EXPECT_EQ(nodes_[static_cast<std::size_t>(Other())]->stats().actors, 0);
}

TEST_F(ForwarderTest, Refusals_ComeBackAsTheyAre) {
  const Answer stranger =
      Submit(Other(), SendCommand{ClientId(), "let me in", {}, std::nullopt}, Person("eve"));
  Await(stranger);
  EXPECT_EQ(CodeOf(stranger), StatusCode::kNotFound);
}

TEST_F(ForwarderTest, TheOrderOfOneShardIsKept) {
  std::vector<Answer> answers;
  std::vector<std::string> texts;
  for (int i = 0; i < 90; ++i) {
    texts.push_back(fmt::format("message {}", i));
    answers.push_back(Send(Other(), texts.back()));
  }
  for (const Answer& answer : answers) Await(answer);
  EXPECT_EQ(Texts(), texts);
}

TEST_F(ForwarderTest, ANodeThatDies_IsStoodInFor) {
  fleet_.HoldRequests(Owner());
  ExpectAllInOrder([this] { fleet_.Kill(Owner()); });
}

TEST_F(ForwarderTest, ANodeThatStandsStill_LosesItsConversations_AndFindsThemWhenItWakes) {
  const int owner = Owner();
  const int node = Other();
  Await(Send(owner, "before"));
  fleet_.HoldRequests(owner);
  const Answer waits = Send(node, "meanwhile");
  fleet_.Pause(owner);
  Await(waits);
  EXPECT_EQ(CodeOf(waits), StatusCode::kOk);
  // It wakes: what waited for it is run there once more, and changes nothing.
  fleet_.Continue(owner);
  fleet_.ReleaseRequests(owner);
  Await(Send(owner, "after"));
  EXPECT_EQ(Texts(), (std::vector<std::string>{"before", "meanwhile", "after"}));
}

TEST_F(ForwarderTest, ALostRequest_IsMissed_AndWhatFollowsIsRunHereInOrder) {
  ExpectAllInOrder([this] { fleet_.LoseRequests(Owner(), 1); });
}

TEST_F(ForwarderTest, ALostAnswer_IsRunAgain_AndFoundDone) {
  ExpectAllInOrder([this] { fleet_.LoseAnswers(Owner(), 1); });
}

TEST_F(ForwarderTest, ARemovalWhoseAnswerIsLost_IsFoundDone) {
  for (const UserId caller : {ann_, bo_}) {
    fleet_.LoseAnswers(Owner(), 1);
    const Answer removed = Submit(Other(), RemoveMemberCommand{bo_}, caller);
    Await(removed);
    EXPECT_EQ(CodeOf(removed), StatusCode::kOk) << (*removed)->status().ToString();
    const Answer again = Submit(Other(), RemoveMemberCommand{bo_}, caller);
    Await(again);
    EXPECT_EQ(CodeOf(again), StatusCode::kNotFound);
    const User bo = *runtime::RunTask(shard_, store_.accounts().FindUser(bo_));
    Await(Submit(Other(), AddMembersCommand{{bo}}, ann_));
  }
}

TEST_F(ForwarderTest, ANodeThatIsCutOff_IsStoodInFor) {
  fleet_.HoldRequests(Owner());
  ExpectAllInOrder([this] { fleet_.CutOff(Owner()); });
}

TEST_F(ForwarderTest, ANodeThatStops_GivesBackWhatItIsAsked) {
  const int owner = Owner();
  ExpectAllInOrder([&] {
    // Its shard is the test's: the stop waits for what only this thread can run.
    std::atomic<bool> stopped{false};
    std::thread stopping([&] {
      nodes_[static_cast<std::size_t>(owner)]->Stop();
      stopped = true;
    });
    while (!stopped) shard_.RunUntilIdle();
    stopping.join();
  });
}

/// Of nodes that are waited for as long as it takes.
class PatientForwarderTest : public ForwarderTest {
 protected:
  PatientForwarderTest() : ForwarderTest(std::chrono::seconds(60)) {}
};

TEST_F(PatientForwarderTest, WhatTheNodeCannotDo_ComesBack_WithWhatFollowsItInItsConversation) {
  const int owner = Owner();
  const int node = Other();
  ConversationId another = NewGroup();
  while (OwnerOf(another) != owner) another = NewGroup();
  store_.controls().HoldCommits();
  const Answer refused = Send(node, "first");
  fleet_.HoldRequests(owner);
  const Answer follows = Send(node, "second");
  const Answer elsewhere = SendTo(another, node, "elsewhere");
  store_.controls().FailNextAppend(storage::AppendOutcome::kRefused);
  store_.controls().ReleaseCommits();
  Await(refused);
  Await(follows);
  EXPECT_EQ(SeqOf(refused), Seq(2));
  EXPECT_EQ(SeqOf(follows), Seq(3));
  EXPECT_EQ(Stats(node).rerun, 2U) << "and not what was sent elsewhere";
  EXPECT_FALSE(elsewhere->has_value());
  fleet_.ReleaseRequests(owner);
  Await(elsewhere);
  EXPECT_EQ(CodeOf(elsewhere), StatusCode::kOk);
  EXPECT_EQ(Texts(), (std::vector<std::string>{"first", "second"}));
  const std::uint64_t before = Stats(owner).taken;
  Await(Send(node, "third"));
  EXPECT_EQ(Stats(owner).taken - before, 1U) << "and the link goes on";
  EXPECT_EQ(Stats(node).rerun, 2U);
}

TEST_F(PatientForwarderTest, AConversationThatIsNeverQuiet_MovesOnceWhatIsUnderWayIsAnswered) {
  const int before = Owner();
  fleet_.node(before).SetDraining(true);
  const int after = Owner();
  fleet_.node(before).SetDraining(false);
  const int node = kNodes - before - after;  // the third
  fleet_.HoldRequests(before);
  const std::uint64_t taken = Stats(after).taken;
  std::vector<Answer> answers{Send(node, "first")};
  fleet_.node(before).SetDraining(true);
  answers.push_back(Send(node, "second"));
  answers.push_back(Send(node, "third"));
  EXPECT_EQ(Stats(node).forwarded, 1U);
  fleet_.ReleaseRequests(before);
  for (const Answer& answer : answers) Await(answer);
  EXPECT_EQ(Texts(), (std::vector<std::string>{"first", "second", "third"}));
  EXPECT_EQ(Stats(after).taken - taken, 2U);
  EXPECT_EQ(Stats(node).rerun, 0U);
}

TEST_F(ForwarderTest, ANodeThatDrains_IsAskedNoMore) {
  const int owner = Owner();
  fleet_.node(owner).SetDraining(true);
  ASSERT_NE(Owner(), owner);
  const std::uint64_t before = Stats(owner).taken;
  Await(Send(owner, "hello"));
  EXPECT_EQ(Stats(owner).taken, before);
  EXPECT_EQ(Stats(owner).forwarded, 1U);
}

}  // namespace
}  // namespace parley::chat
