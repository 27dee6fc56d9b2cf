// Sessions on two nodes under a bus that loses, repeats, delays and changes the order of things,
// stores that do not answer and nodes that pause, held to one log (promises I2, I3, I4 and I5).

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "bus/testing/lossy_bus.h"
#include "gateway/testing/node_fixture.h"

namespace parley::gateway {
namespace {

using chat::ChatWorld;
using storage::AppendOutcome;
using storage::EntryPtr;
using storage::memory::StoppedAnswer;
using storage::memory::Written;

class SessionNodes : public testing::TestWithParam<unsigned> {
 protected:
  static constexpr std::size_t kPeople = 4;

  SessionNodes() {
    for (std::size_t i = 0; i < kPeople; ++i) {
      clients_.push_back(nodes_[i % 2]->Connect(people_[i], Start::kResume));
      clients_.back()->Resume(group_, 1);
    }
    for (const auto& client : clients_) AwaitLive(*client);
    way_.Set(AnyLosses());
  }

  std::size_t Roll(std::size_t sides) { return engine_() % sides; }
  chat::ChatBackend& AnyNode() { return nodes_[Roll(2)]->backend; }
  void AwaitLive(TestClient& client) {
    nodes_[0]->backend.RunUntil([&] { return client.socket.frames.size() >= 2; });
  }

  void Send(std::size_t who) {
    sends_.push_back({people_[who], nodes_[0]->backend.Text("hello"), {}});
    Again(sends_.back());
  }
  struct Sent {
    UserId sender;
    chat::SendCommand message;
    std::vector<chat::Answer> answers;
  };
  void Again(Sent& sent) {
    sent.answers.push_back(AnyNode().Submit(sent.sender, group_, sent.message));
  }
  /// The last person comes and goes; the others stay.
  void ComeOrGo() {
    const UserId who = people_.back();
    if (Roll(2) == 0) {
      others_.push_back(AnyNode().Submit(people_[0], group_, chat::RemoveMemberCommand{who}));
    } else {
      others_.push_back(AnyNode().Submit(
          people_[0], group_,
          chat::AddMembersCommand{
              *nodes_[0]->backend.Run(nodes_[0]->backend.store().accounts().FindUsers({who}))}));
    }
  }
  bus::Losses AnyLosses() {
    return {.dropped = static_cast<int>(Roll(700)),
            .duplicated = 100,
            .overtaken = 100,
            .delayed = 100,
            .delay = std::chrono::milliseconds(Roll(10))};
  }
  void Disturb() {
    storage::memory::Controls& controls = nodes_[0]->backend.controls();
    switch (Roll(6)) {
      case 0:
        return controls.StopNextAppend(Roll(7), StoppedAnswer::kUnknown);
      case 1:
        return controls.FailNextAppend(AppendOutcome::kUnknown,
                                       Roll(2) == 0 ? Written::kYes : Written::kNo);
      case 2:
        return controls.FailNextAppend(AppendOutcome::kConflict);
      case 3:
        losing_ = !losing_;
        return way_.Set(losing_ ? AnyLosses() : bus::Losses());
      case 4:
        return world_->Stand(Roll(2), true);
      default:
        world_->Stand(0, false);
        world_->Stand(1, false);
        nodes_[0]->backend.On([] {});
    }
  }
  void Act() {
    switch (Roll(8)) {
      case 0:
      case 1:
        if (!sends_.empty()) return Again(sends_[Roll(sends_.size())]);
        [[fallthrough]];
      case 2:
      case 3:
        return Send(Roll(kPeople));
      case 4:
        return ComeOrGo();
      default:
        return Disturb();
    }
  }

  void LetEverythingHappen() {
    world_->Stand(0, false);
    world_->Stand(1, false);
    chat::ChatBackend& backend = nodes_[0]->backend;
    for (const Sent& sent : sends_) {
      for (const chat::Answer& answer : sent.answers) backend.Await(answer);
    }
    for (const chat::Answer& answer : others_) backend.Await(answer);
    // What was lost with all its repeats is found when something is said, or the bus knows of it.
    way_.Set({});
    if (GetParam() % 2 == 0) {
      way_.Gap();
    } else {
      Send(0);
      backend.Await(sends_.back().answers.back());
    }
  }

  std::vector<EntryPtr> Log() {
    chat::ChatBackend& backend = nodes_[0]->backend;
    return *backend.Run(
        backend.store().conversations().ReadEntries(group_, Seq(), 100'000, std::size_t{1} << 30));
  }

  std::mt19937 engine_{GetParam()};
  bool losing_ = true;
  std::shared_ptr<ChatWorld> world_ = std::make_shared<ChatWorld>(ChatWorld::Kind::kManyNodes, 2);
  bus::LossyBus way_{world_->bus(), GetParam(), {}};  ///< to the sessions
  std::vector<std::unique_ptr<SessionNode>> nodes_ = [this] {
    std::vector<std::unique_ptr<SessionNode>> nodes;
    for (std::size_t i = 0; i < 2; ++i)
      nodes.push_back(std::make_unique<SessionNode>(world_, i, way_));
    return nodes;
  }();
  const std::vector<UserId> people_ = nodes_[0]->backend.People("person", kPeople);
  const ConversationId group_ =
      nodes_[0]->backend.Group(people_[0], {people_.begin() + 1, people_.end()});
  std::vector<std::unique_ptr<TestClient>> clients_;
  std::vector<Sent> sends_;
  std::vector<chat::Answer> others_;
};

TEST_P(SessionNodes, WhateverIsLost_EverybodyHasTheSame_AndOnlyWhatIsTheirs) {
  for (int i = 0; i < 60; ++i) Act();
  LetEverythingHappen();

  // One log without holes, in which everything was said once.
  const std::vector<EntryPtr> log = Log();
  std::map<std::pair<UserId, ClientId>, Seq> said;
  std::set<std::uint64_t> away;  // what was said while the last person was not a member
  bool inside = true;
  for (std::size_t i = 0; i < log.size(); ++i) {
    ASSERT_EQ(log[i]->seq, Seq(i + 1));
    if (!inside) away.insert(i + 1);
    if (log[i]->is_message()) {
      ASSERT_TRUE(
          said.emplace(std::pair(log[i]->actor, log[i]->message().client_id), log[i]->seq).second);
    }
    if (const auto* members = std::get_if<MembersBody>(&log[i]->body)) {
      inside = !members->added.empty();
      if (inside) away.erase(i + 1);
    }
  }
  for (const Sent& sent : sends_) {
    for (const chat::Answer& answer : sent.answers) {
      if (CodeOf(answer) != StatusCode::kOk) continue;
      EXPECT_EQ(SeqOf(answer), said.at({sent.sender, sent.message.client_id}));
    }
  }

  // Who stayed has all of it, in order, each once.
  std::vector<std::uint64_t> all;
  for (std::uint64_t seq = 2; seq <= log.size(); ++seq) all.push_back(seq);
  for (std::size_t i = 0; i + 1 < kPeople; ++i) {
    nodes_[0]->backend.RunUntil([&] { return clients_[i]->Seqs() == all; });
  }
  // Who came and went saw nothing of what was said meanwhile.
  std::uint64_t last = 0;
  for (const std::uint64_t seq : clients_.back()->Seqs()) {
    EXPECT_GT(seq, last);
    EXPECT_FALSE(away.contains(seq)) << seq;
    last = seq;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SessionNodes, testing::Range(0U, 40U));

}  // namespace
}  // namespace parley::gateway
