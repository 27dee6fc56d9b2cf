// Session under random messages, lost events, slow reads and readers, and resumes (promises I4 and
// I5).

#include <algorithm>
#include <numeric>
#include <random>

#include <gmock/gmock.h>

#include "gateway/session.h"
#include "gateway/testing/session_fixture.h"

namespace parley::gateway {
namespace {

using testing::ElementsAreArray;

class SessionRandom : public SessionFixture, public testing::WithParamInterface<unsigned> {
 protected:
  std::size_t Roll(std::size_t sides) { return engine_() % sides; }

  /// Makes reads or the reader slow for a while, or quick again.
  void Hinder(TestClient& client) {
    switch (Roll(5)) {
      case 0:
        backend_.controls().HoldReads();
        break;
      case 1:
        // One read goes on, the next is held.
        backend_.controls().ReleaseReads();
        backend_.controls().HoldReads();
        backend_.On([] {});
        break;
      case 2:
        client.socket.slow = true;
        break;
      case 3:
        client.socket.slow = false;
        client.Drain();
        break;
      default:
        Unhinder(client);
    }
  }
  void Unhinder(TestClient& client) {
    client.socket.slow = false;
    backend_.controls().ReleaseReads();
    client.Drain();
    backend_.On([] {});
  }
  std::uint64_t Have(const TestClient& client) {
    const std::vector<std::uint64_t> seqs = client.Seqs();
    return seqs.empty() ? 1 : seqs.back();
  }

  std::mt19937 engine_{GetParam()};
};

TEST_P(SessionRandom, WhateverIsLost_TheClientHasEachChangeOnceAndInOrder) {
  const auto client = Connect(bo_);
  Send(ann_, group_);
  std::uint64_t head = 2;
  for (int i = 0; i < 200; ++i) {
    switch (Roll(8)) {
      case 0:
        bus_.losing = !bus_.losing;
        break;
      case 1:
      case 2:
        Hinder(*client);
        break;
      case 3:
        if (Roll(4) == 0) client->Resume(group_, Have(*client));
        break;
      default:
        head = Send(ann_, group_, std::string(Roll(2'000) + 1, 'x'));
    }
  }
  bus_.losing = false;
  Unhinder(*client);
  head = Send(ann_, group_);
  Unhinder(*client);
  RunUntil([&] { return Have(*client) == head || client->socket.closed; });
  // What a resume repeats of what was on its way to the client is dropped by it, as by rule 1.
  std::vector<std::uint64_t> applied;
  for (const std::uint64_t seq : client->Seqs()) {
    const std::uint64_t have = applied.empty() ? 1 : applied.back();
    ASSERT_LE(seq, have + 1) << "a hole";
    if (seq == have + 1) applied.push_back(seq);
  }
  std::vector<std::uint64_t> all(head - 1);
  std::iota(all.begin(), all.end(), 2);
  EXPECT_THAT(applied, ElementsAreArray(all));
}

TEST_P(SessionRandom, WhoComesAndGoes_SeesNothingOfTheTimeBetween) {
  const auto client = Connect(bo_);
  User profile;
  profile.id = bo_;
  profile.username = "bob";
  bool member = true;
  std::vector<std::uint64_t> visible;  // what bob may see
  for (int i = 0; i < 150; ++i) {
    switch (Roll(6)) {
      case 0:
        backend_.Do(ann_, group_, chat::RemoveMemberCommand{bo_});
        break;
      case 1:
        backend_.Do(ann_, group_, chat::AddMembersCommand{{profile}});
        break;
      case 2:
      case 3:
        Hinder(*client);
        continue;
      default:
        Send(ann_, group_);
    }
  }
  Unhinder(*client);
  backend_.Do(ann_, group_, chat::AddMembersCommand{{profile}});
  const std::uint64_t head = Send(ann_, group_);
  Unhinder(*client);
  RunUntil([&] { return Have(*client) == head || client->socket.closed; });

  const auto log = backend_.Run(
      backend_.store().conversations().ReadEntries(group_, Seq(1), 10'000, std::size_t{1} << 30));
  for (const auto& entry : *log) {
    const auto* change = std::get_if<MembersBody>(&entry->body);
    if (change != nullptr && !change->added.empty()) member = true;
    if (member) visible.push_back(entry->seq.value());
    if (change != nullptr && !change->removed.empty()) member = false;
  }
  const std::vector<std::uint64_t> seen = client->Seqs();
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_TRUE(std::includes(visible.begin(), visible.end(), seen.begin(), seen.end()))
      << testing::PrintToString(seen) << " of " << testing::PrintToString(visible);
  EXPECT_EQ(seen.back(), head);
  EXPECT_EQ(client->socket.closed, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SessionRandom, testing::Range(1U, 31U));

}  // namespace
}  // namespace parley::gateway
