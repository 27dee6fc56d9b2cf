#include "bus/testing/presence_contract.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include <gmock/gmock.h>

#include "runtime/spawn.h"

namespace parley::bus {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr milliseconds kShort{20};
/// So long that within a test it never ends.
constexpr milliseconds kEndless{3'600'000};

/// Remembers what it hears.
class Listener : public PresenceListener {
 public:
  void OnPresence(const std::vector<PresenceNews>& news) override {
    for (const PresenceNews& each : news) {
      heard.push_back(each);
      last[each.user] = each.online;
    }
    shard = runtime::Shard::Current();
  }

  std::vector<PresenceNews> heard;
  std::map<UserId, bool> last;
  runtime::Shard* shard = nullptr;
};

UserId User(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return UserId(Uuid(bytes));
}

using Connections = std::vector<std::unique_ptr<Subscription>>;
using WatchPtr = std::unique_ptr<PresenceWatch>;

}  // namespace

PresenceContract::PresenceContract() { Linger(kShort); }

void PresenceContract::Linger(milliseconds linger) {
  presence_ = GetParam().make({&first_, &second_}, linger);
}

void PresenceContract::On(runtime::Shard& shard, std::function<void()> work) {
  shard.Post(std::move(work));
  while (true) {
    const bool first_ran = first_.RunUntilIdle();
    if (!second_.RunUntilIdle() && !first_ran) break;
  }
}

std::vector<UserId> PresenceContract::Connected(std::vector<UserId> users) {
  std::optional<Result<std::vector<UserId>>> answer;
  runtime::Spawn(
      first_, "ask",
      [](Presence* presence, std::vector<UserId> whom, auto* out) -> runtime::Task<void> {
        out->emplace(co_await presence->WhoIsConnected(std::move(whom)));
      }(presence_.get(), std::move(users), &answer));
  RunUntil([&] { return answer.has_value(); });
  return answer && answer->ok() ? **answer : std::vector<UserId>();
}

TEST_P(PresenceContract, Watch_HearsOfEachAtOnce_OnItsShard) {
  Listener listener;
  Connections here;
  WatchPtr watch;
  On(first_, [&] {
    here.push_back(presence_->Connect(User(1)));
    here.push_back(presence_->Connect(User(2)));
  });
  On(second_, [&] {
    watch = presence_->Watch(listener);
    watch->Set({User(1), User(2), User(3)});
    EXPECT_THAT(listener.heard, IsEmpty()) << "never from within";
  });
  EXPECT_THAT(listener.heard,
              UnorderedElementsAre(PresenceNews{User(1), true}, PresenceNews{User(2), true},
                                   PresenceNews{User(3), false}));
  EXPECT_EQ(listener.shard, &second_);
  On(second_, [&] { watch.reset(); });
  On(first_, [&] { here.clear(); });
}

TEST_P(PresenceContract, Watch_HearsOfChangesOfThoseWatchedAlone) {
  Listener listener;
  WatchPtr watch;
  Connections there;
  On(first_, [&] {
    watch = presence_->Watch(listener);
    watch->Set({User(1)});
  });
  On(second_, [&] {
    there.push_back(presence_->Connect(User(1)));
    there.push_back(presence_->Connect(User(2)));
  });
  On(second_, [&] { there.clear(); });
  RunUntil([&] { return listener.heard.size() == 3; });
  EXPECT_THAT(listener.heard, ElementsAre(PresenceNews{User(1), false}, PresenceNews{User(1), true},
                                          PresenceNews{User(1), false}));
  On(first_, [&] { watch.reset(); });
}

TEST_P(PresenceContract, SecondConnection_IsNoNews) {
  Listener listener;
  WatchPtr watch;
  Connections connections;
  On(first_, [&] {
    watch = presence_->Watch(listener);
    watch->Set({User(1)});
    connections.push_back(presence_->Connect(User(1)));
  });
  On(second_, [&] { connections.push_back(presence_->Connect(User(1))); });
  On(second_, [&] { connections.pop_back(); });
  EXPECT_THAT(Connected({User(1)}), ElementsAre(User(1)));
  // Their order may be any, but the last one is true, and there is no flicker before it.
  EXPECT_EQ(listener.heard.back(), (PresenceNews{User(1), true}));
  EXPECT_LE(listener.heard.size(), 2U);
  On(first_, [&] {
    connections.clear();
    watch.reset();
  });
}

TEST_P(PresenceContract, Reconnect_WithinTheLinger_IsNoNews) {
  Linger(kEndless);
  Listener listener;
  WatchPtr watch;
  Connections connections;
  On(first_, [&] { connections.push_back(presence_->Connect(User(1))); });
  On(first_, [&] {
    watch = presence_->Watch(listener);
    watch->Set({User(1)});
  });
  On(first_, [&] { connections.clear(); });
  EXPECT_THAT(Connected({User(1)}), IsEmpty()) << "the linger is for watchers alone";
  On(second_, [&] { connections.push_back(presence_->Connect(User(1))); });
  EXPECT_THAT(listener.heard, ElementsAre(PresenceNews{User(1), true}));
  On(second_, [&] { connections.clear(); });
  On(first_, [&] { watch.reset(); });
}

TEST_P(PresenceContract, WatchDuringTheLinger_HearsOfTheEnd) {
  Listener early;
  Listener late;
  WatchPtr early_watch;
  WatchPtr late_watch;
  Connections connections;
  On(first_, [&] {
    connections.push_back(presence_->Connect(User(1)));
    early_watch = presence_->Watch(early);
    early_watch->Set({User(1)});
  });
  On(first_, [&] {
    connections.clear();
    late_watch = presence_->Watch(late);
    late_watch->Set({User(1)});
  });
  RunUntil([&] { return late.last.contains(User(1)) && !late.last[User(1)]; });
  RunUntil([&] { return !early.last[User(1)]; });
  On(first_, [&] {
    early_watch.reset();
    late_watch.reset();
  });
}

TEST_P(PresenceContract, Set_Replaces_AndAnswersAnew) {
  Listener listener;
  WatchPtr watch;
  Connections connections;
  On(first_, [&] {
    watch = presence_->Watch(listener);
    watch->Set({User(1), User(2)});
  });
  On(first_, [&] { watch->Set({User(2), User(3)}); });
  listener.heard.clear();
  On(first_, [&] { watch->Set({User(2), User(3)}); });
  EXPECT_THAT(listener.heard,
              UnorderedElementsAre(PresenceNews{User(2), false}, PresenceNews{User(3), false}));
  listener.heard.clear();
  On(second_, [&] { connections.push_back(presence_->Connect(User(1))); });
  EXPECT_THAT(listener.heard, IsEmpty());
  On(second_, [&] { connections.push_back(presence_->Connect(User(3))); });
  EXPECT_THAT(listener.heard, ElementsAre(PresenceNews{User(3), true}));
  On(second_, [&] { connections.clear(); });
  On(first_, [&] { watch.reset(); });
}

TEST_P(PresenceContract, Watch_Ended_NothingIsHeardAfter) {
  Listener gone;
  WatchPtr watch;
  Connections connections;
  On(first_, [&] {
    watch = presence_->Watch(gone);
    watch->Set({User(1)});
    connections.push_back(presence_->Connect(User(1)));
    watch.reset();
  });
  EXPECT_THAT(gone.heard, IsEmpty());
  On(first_, [&] { connections.clear(); });
}

TEST_P(PresenceContract, WhoIsConnected_SeesWhatTheShardDidBefore) {
  Connections connections;
  On(first_, [&] {
    for (std::uint8_t i = 1; i <= 20; ++i) connections.push_back(presence_->Connect(User(i)));
  });
  EXPECT_THAT(Connected({User(3), User(20), User(21)}), UnorderedElementsAre(User(3), User(20)));
  EXPECT_THAT(Connected({}), IsEmpty());
  first_.Post([&] { connections.clear(); });
  EXPECT_THAT(Connected({User(3), User(20), User(21)}), IsEmpty());
}

/// Both shards on threads of their own, connections and watches at random: once it is quiet, every
/// watcher knows what is true.
TEST_P(PresenceContract, Race_TheLastNewsAreTrue) {
  constexpr std::size_t kPeople = 6;
  constexpr int kSteps = 3'000;
  std::vector<UserId> people;
  for (std::size_t i = 0; i < kPeople; ++i) people.push_back(User(static_cast<std::uint8_t>(i)));
  struct Side {
    Listener listener;
    WatchPtr watch;
    std::map<UserId, Connections> connections;
    std::mt19937 random;
  };
  Side sides[2];
  runtime::Shard* shards[] = {&first_, &second_};
  std::atomic<int> running{2 * kSteps};
  for (std::size_t s = 0; s < 2; ++s) {
    Side* side = &sides[s];
    side->random.seed(static_cast<unsigned>(s) + 7);
    shards[s]->Post([&, side] {
      side->watch = presence_->Watch(side->listener);
      side->watch->Set(people);
    });
    for (int step = 0; step < kSteps; ++step) {
      shards[s]->Post([&, side] {
        const UserId user = people[side->random() % kPeople];
        Connections& mine = side->connections[user];
        if (side->random() % 2 == 0 && !mine.empty()) {
          mine.pop_back();
        } else if (mine.size() < 2) {
          mine.push_back(presence_->Connect(user));
        }
        if (side->random() % 64 == 0) side->watch->Set(people);
        --running;
      });
    }
  }
  first_.Start();
  second_.Start();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  // The lingers have ended by the time at which both shards know the truth.
  const auto settled = [&](std::size_t s) {
    std::atomic<bool> answered{false};
    bool right = false;
    shards[s]->Post([&] {
      right = std::all_of(people.begin(), people.end(), [&](const UserId& user) {
        const auto it = sides[s].listener.last.find(user);
        const bool connected =
            !sides[0].connections[user].empty() || !sides[1].connections[user].empty();
        return it != sides[s].listener.last.end() && it->second == connected;
      });
      answered = true;
    });
    while (!answered) std::this_thread::yield();
    return right;
  };
  while (running > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  ASSERT_EQ(running, 0);
  bool right = false;
  while (!right && std::chrono::steady_clock::now() < deadline) right = settled(0) && settled(1);
  EXPECT_TRUE(right);
  std::atomic<int> ended{0};
  for (std::size_t s = 0; s < 2; ++s) {
    shards[s]->Post([&, s] {
      sides[s].watch.reset();
      sides[s].connections.clear();
      ++ended;
    });
  }
  while (ended < 2) std::this_thread::yield();
  first_.Stop();
  second_.Stop();
}

}  // namespace parley::bus
