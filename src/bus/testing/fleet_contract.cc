#include "bus/testing/fleet_contract.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace parley::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Remembers what it was told; any thread.
class Heard {
 public:
  void Add(std::string_view text) {
    const std::lock_guard lock(mutex_);
    texts_.emplace_back(text);
  }
  std::vector<std::string> texts() const {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
};

void Echo(NodeId /*from*/, std::string request, Fleet::Reply reply) { reply("echo " + request); }

}  // namespace

FleetContract::~FleetContract() {
  for (const auto& fleet : fleets_) fleet->Stop();
}

void FleetContract::Make(int nodes) {
  fleets_ = GetParam().make(nodes);
  started_.assign(fleets_.size(), false);
}

void FleetContract::StartAll() {
  for (std::size_t i = 0; i < fleets_.size(); ++i) {
    fleets_[i]->Start();
    started_[i] = true;
  }
  WaitForViews(fleets_.size());
}

void FleetContract::WaitForViews(std::size_t count) {
  RunUntil([&] {
    for (std::size_t i = 0; i < fleets_.size(); ++i) {
      if (started_[i] && fleets_[i]->view()->nodes.size() != count) return false;
    }
    return true;
  });
}

void FleetContract::On(runtime::Shard& shard, std::function<void()> work) {
  bool ran = false;
  shard.Post([&] {
    work();
    ran = true;
  });
  RunUntil([&ran] { return ran; });
}

Result<std::string> FleetContract::Ask(int from, NodeId to, std::string_view topic,
                                       std::string request, milliseconds timeout) {
  const auto outcome = std::make_shared<std::optional<Result<std::string>>>();
  On(first_, [&] {
    fleets_[static_cast<std::size_t>(from)]->Ask(
        to, topic, std::move(request), timeout, [this, outcome](Result<std::string> answer) {
          EXPECT_TRUE(first_.IsCurrent());
          EXPECT_FALSE(outcome->has_value()) << "answered twice";
          outcome->emplace(std::move(answer));
        });
    EXPECT_FALSE(outcome->has_value()) << "answered from within";
  });
  RunUntil([&] { return outcome->has_value(); });
  return outcome->has_value() ? **outcome : Internal("no outcome");
}

TEST_P(FleetContract, View_BeforeTheStart_IsOneself) {
  Make(2);
  const FleetViewPtr view = fleets_[0]->view();
  ASSERT_EQ(view->nodes.size(), 1U);
  EXPECT_EQ(view->nodes[0].id, fleets_[0]->self());
  EXPECT_FALSE(view->nodes[0].draining);
}

TEST_P(FleetContract, View_OfAll_IsTheSame_InTheOrderOfIds) {
  Make(3);
  StartAll();
  const FleetViewPtr view = fleets_[0]->view();
  EXPECT_TRUE(std::ranges::is_sorted(view->nodes, {}, &FleetView::Node::id));
  for (const auto& fleet : fleets_) {
    EXPECT_EQ(fleet->view()->nodes, view->nodes);
    EXPECT_TRUE(fleet->connection().ok());
    EXPECT_LT(std::chrono::abs(fleet->clock_offset()), seconds(1));
  }
}

TEST_P(FleetContract, View_Changes_AreToldOnTheShard) {
  Make(2);
  int first_told = 0;
  int second_told = 0;
  std::unique_ptr<Subscription> first_subscription;
  std::unique_ptr<Subscription> second_subscription;
  On(first_, [&] {
    first_subscription = fleets_[0]->OnViewChange([&] {
      EXPECT_TRUE(first_.IsCurrent());
      ++first_told;
    });
  });
  On(second_, [&] {
    second_subscription = fleets_[0]->OnViewChange([&] {
      EXPECT_TRUE(second_.IsCurrent());
      ++second_told;
    });
  });
  StartAll();
  RunUntil([&] { return first_told > 0 && second_told > 0; });
  On(second_, [&] { second_subscription.reset(); });
  const int before = std::exchange(first_told, 0);
  EXPECT_GT(before, 0);
  second_told = 0;
  fleets_[1]->Stop();
  started_[1] = false;
  RunUntil([&] { return first_told > 0; });
  EXPECT_EQ(second_told, 0) << "its subscription has ended";
  On(first_, [&] { first_subscription.reset(); });
}

TEST_P(FleetContract, Stop_IsKnownAtOnce) {
  Make(3);
  StartAll();
  const NodeId gone = fleets_[2]->self();
  const auto begin = steady_clock::now();
  fleets_[2]->Stop();
  started_[2] = false;
  WaitForViews(2);
  EXPECT_LT(steady_clock::now() - begin, milliseconds(900)) << "waited for its silence";
  for (int i = 0; i < 2; ++i) {
    for (const FleetView::Node& node : fleets_[static_cast<std::size_t>(i)]->view()->nodes) {
      EXPECT_NE(node.id, gone);
    }
  }
}

TEST_P(FleetContract, Draining_IsSeenByAll) {
  Make(2);
  StartAll();
  fleets_[1]->SetDraining(true);
  const NodeId drains = fleets_[1]->self();
  const auto drains_in = [&](const Fleet& fleet) {
    const FleetViewPtr view = fleet.view();
    return std::ranges::any_of(view->nodes, [&](const FleetView::Node& node) {
      return node.id == drains && node.draining;
    });
  };
  RunUntil([&] { return drains_in(*fleets_[0]) && drains_in(*fleets_[1]); });
  EXPECT_EQ(PreferredNode(*fleets_[0]->view(), "any"), fleets_[0]->self());
}

TEST_P(FleetContract, Ask_IsAnswered_AndSaysWhoAsks) {
  Make(2);
  Heard from;
  fleets_[1]->Serve("echo", [&](NodeId who, std::string request, Fleet::Reply reply) {
    from.Add(who.ToString());
    reply("echo " + request);
  });
  StartAll();
  const Result<std::string> answer = Ask(0, fleets_[1]->self(), "echo", std::string("a\0b", 3));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(*answer, std::string("echo a\0b", 8));
  EXPECT_EQ(from.texts(), std::vector<std::string>{fleets_[0]->self().ToString()});
  const Result<std::string> empty = Ask(0, fleets_[1]->self(), "echo", "");
  ASSERT_TRUE(empty.ok()) << empty.status().ToString();
  EXPECT_EQ(*empty, "echo ");
}

TEST_P(FleetContract, Ask_OfOneself_IsAnswered) {
  Make(1);
  fleets_[0]->Serve("echo", Echo);
  StartAll();
  const Result<std::string> answer = Ask(0, fleets_[0]->self(), "echo", "me");
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(*answer, "echo me");
}

TEST_P(FleetContract, Ask_AnswerFromAnotherThreadAndLater_Arrives) {
  Make(2);
  Fleet::Reply kept;
  std::atomic<bool> has{false};
  fleets_[1]->Serve("later", [&](NodeId, std::string, Fleet::Reply reply) {
    kept = std::move(reply);
    has = true;
  });
  StartAll();
  std::optional<Result<std::string>> outcome;
  On(second_, [&] {
    fleets_[0]->Ask(fleets_[1]->self(), "later", "x", seconds(5), [&](Result<std::string> answer) {
      EXPECT_TRUE(second_.IsCurrent());
      outcome.emplace(std::move(answer));
    });
  });
  RunUntil([&] { return has.load(); });
  EXPECT_FALSE(outcome.has_value());
  std::thread([&] { kept("now"); }).join();
  RunUntil([&] { return outcome.has_value(); });
  ASSERT_TRUE(outcome && outcome->ok());
  EXPECT_EQ(**outcome, "now");
}

TEST_P(FleetContract, Ask_OfNobody_IsNotFound) {
  Make(2);
  fleets_[1]->Serve("echo", Echo);
  StartAll();
  Uuid::Bytes bytes{};
  bytes.front() = 0xEE;
  EXPECT_EQ(Ask(0, NodeId(Uuid(bytes)), "echo", "x").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Ask(0, fleets_[1]->self(), "other", "x").status().code(), StatusCode::kNotFound);
  const NodeId gone = fleets_[1]->self();
  fleets_[1]->Stop();
  started_[1] = false;
  WaitForViews(1);
  const auto begin = steady_clock::now();
  EXPECT_EQ(Ask(0, gone, "echo", "x").status().code(), StatusCode::kNotFound);
  EXPECT_LT(steady_clock::now() - begin, seconds(1)) << "waited though nobody was there";
}

TEST_P(FleetContract, Ask_WithoutAnswer_IsUnknown_AndALateAnswerIsNone) {
  Make(2);
  std::mutex mutex;
  std::vector<Fleet::Reply> kept;
  fleets_[1]->Serve("never", [&](NodeId, std::string, Fleet::Reply reply) {
    const std::lock_guard lock(mutex);
    kept.push_back(std::move(reply));
  });
  fleets_[1]->Serve("echo", Echo);
  StartAll();
  EXPECT_EQ(Ask(0, fleets_[1]->self(), "never", "x", milliseconds(50)).status().code(),
            StatusCode::kUnknown);
  {
    const std::lock_guard lock(mutex);
    ASSERT_EQ(kept.size(), 1U);
    kept.front()("late");
  }
  // What is asked after that is answered after it too: the late answer has been and gone.
  EXPECT_TRUE(Ask(0, fleets_[1]->self(), "echo", "x").ok());
}

TEST_P(FleetContract, Ask_OfOneShard_ComesInOrder) {
  constexpr int kRequests = 500;
  Make(2);
  Heard heard;
  fleets_[1]->Serve("count", [&](NodeId, std::string request, Fleet::Reply reply) {
    heard.Add(request);
    reply(std::move(request));
  });
  StartAll();
  int answered = 0;
  On(first_, [&] {
    for (int i = 0; i < kRequests; ++i) {
      fleets_[0]->Ask(fleets_[1]->self(), "count", std::to_string(i), seconds(5),
                      [&answered, i](const Result<std::string>& answer) {
                        EXPECT_TRUE(answer.ok() && *answer == std::to_string(i));
                        ++answered;
                      });
    }
  });
  RunUntil([&] { return answered == kRequests; });
  const std::vector<std::string> texts = heard.texts();
  ASSERT_EQ(texts.size(), static_cast<std::size_t>(kRequests));
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_EQ(texts[static_cast<std::size_t>(i)], std::to_string(i));
  }
}

TEST_P(FleetContract, Stop_EndsWhatWasAsked) {
  Make(2);
  std::mutex mutex;
  std::vector<Fleet::Reply> kept;
  fleets_[1]->Serve("never", [&](NodeId, std::string, Fleet::Reply reply) {
    const std::lock_guard lock(mutex);
    kept.push_back(std::move(reply));
  });
  StartAll();
  std::optional<Result<std::string>> outcome;
  On(first_, [&] {
    fleets_[0]->Ask(fleets_[1]->self(), "never", "x", seconds(60),
                    [&](Result<std::string> answer) { outcome.emplace(std::move(answer)); });
  });
  fleets_[0]->Stop();
  started_[0] = false;
  RunUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Ask(0, fleets_[1]->self(), "never", "x").status().code(), StatusCode::kUnavailable);
}

TEST_P(FleetContract, Broadcast_ReachesEveryOtherNode) {
  Make(3);
  Heard heard[3];
  for (std::size_t i = 0; i < 3; ++i) {
    fleets_[i]->Listen("news", [&heard, i](std::string_view message) { heard[i].Add(message); });
    fleets_[i]->Listen("other", [](std::string_view) { ADD_FAILURE() << "another topic"; });
  }
  StartAll();
  fleets_[0]->Broadcast("news", "one");
  fleets_[0]->Broadcast("news", "two");
  const std::vector<std::string> both{"one", "two"};
  RunUntil([&] { return heard[1].texts() == both && heard[2].texts() == both; });
  EXPECT_TRUE(heard[0].texts().empty()) << "who tells need not hear it";
}

}  // namespace parley::bus
