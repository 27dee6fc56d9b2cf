#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/random.h"
#include "bus/local/local_bus.h"
#include "chat/chat_service.h"
#include "chat/testing/lossy_bus.h"
#include "chat/testing/test_fleet.h"
#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"

namespace parley::chat {

/// An answer that may still be under way.
using Answer = std::shared_ptr<std::optional<Result<CommandAnswer>>>;

/// The code of an answer that has come; kCancelled where none has.
StatusCode CodeOf(const Answer& answer);
/// The seq of the entry of an answer that came and is OK, else 0.
Seq SeqOf(const Answer& answer);

/// Remembers what the bus tells one person, as "<kind> <seq>": "inbox 1", "change 1", "left 7";
/// what is momentary by itself. Lives on the backend's shard.
class EventLog : public bus::Subscriber {
 public:
  void OnEvent(const bus::EventPtr& event) override;

  std::vector<std::string> told;
  std::vector<std::string> changes;  ///< the payload of each change
  std::vector<Seq> seqs;             ///< and its seq
  std::vector<std::string> passing;  ///< the payload of what is momentary

 private:
  friend class ChatBackend;
  std::unique_ptr<bus::Subscription> subscription_;
};

/// What the nodes of a test share: a store and a bus. One thread drives them all.
class ChatWorld {
 public:
  /// As one process has it, or as several on a distributed store have it, whose bus loses what it
  /// is told to.
  enum class Kind { kOneProcess, kManyNodes };

  explicit ChatWorld(Kind kind, std::size_t nodes = 1);
  ChatWorld(const ChatWorld&) = delete;
  ChatWorld& operator=(const ChatWorld&) = delete;

  /// Runs the shards of those who live until none has anything to do; answers whether any had.
  bool RunUntilIdle();
  /// That node does nothing any more, or only for a while.
  void Stand(std::size_t node, bool still) { still_[node] = still; }

  runtime::Shard& shard(std::size_t node) { return *shards_[node]; }
  TestFleet& fleet(std::size_t node) { return *fleets_[node]; }
  /// Every node sees all of these, and nobody else.
  void SetFleet(const std::vector<std::size_t>& nodes);
  bus::Bus& bus() {
    return kind == Kind::kOneProcess ? static_cast<bus::Bus&>(local_bus) : lossy_bus;
  }

  const Kind kind;

 private:
  static std::vector<std::unique_ptr<runtime::Shard>> MakeShards(std::size_t count);
  std::vector<runtime::Shard*> Shards() const;

  std::vector<std::unique_ptr<runtime::Shard>> shards_;
  std::vector<std::unique_ptr<TestFleet>> fleets_;
  std::vector<bool> still_;

 public:
  FakeClock clock;
  FakeRandom random;
  bus::LocalBus local_bus;
  LossyBus lossy_bus{local_bus};
  storage::memory::FakeStore store;
};

/// The whole chat role in memory, on one shard that the test drives by hand: what the tests here
/// and in gateway/ stand on. At its end it lets go of whatever is held.
class ChatBackend {
 public:
  /// Typing ends by itself so soon here, to keep tests short.
  static constexpr std::chrono::milliseconds kTypingLasts{50};
  /// And heads are repeated so soon, where the bus may lose them.
  static constexpr std::chrono::milliseconds kFirstRepeat{5};
  static constexpr std::chrono::milliseconds kLastRepeat{30};

  explicit ChatBackend(Limits limits = Limits());
  /// One node of a world, which outlives it; the first of them to go ends the store.
  ChatBackend(std::shared_ptr<ChatWorld> world, std::size_t node, Limits limits = Limits());
  ~ChatBackend();
  ChatBackend(const ChatBackend&) = delete;
  ChatBackend& operator=(const ChatBackend&) = delete;

  ChatService& chat() { return *chat_; }
  storage::memory::Controls& controls() { return store_.controls(); }
  storage::memory::FakeStore& store() { return store_; }
  bus::LocalBus& bus() { return world_->local_bus; }
  ChatWorld& world() { return *world_; }
  FakeClock& clock() { return clock_; }
  runtime::Shard& shard() { return shard_; }

  /// Forgets every actor, as a new process does; with nothing under way.
  void Restart();

  /// Runs the task to its end.
  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }
  /// Runs the shards until `done` answers true, at most 20 s; fails the test otherwise.
  void RunUntil(const std::function<bool()>& done);
  /// Runs `work` on the shard, and what is ready after it.
  void On(std::function<void()> work);

  /// Somebody with an account.
  UserId Person(const std::string& username);
  std::vector<UserId> People(const std::string& prefix, std::size_t count);
  ClientId NewClientId();

  /// Gives the command and does not wait.
  Answer Submit(UserId caller, ConversationId conversation, CommandBody body);
  Answer Await(Answer answer);
  /// Gives it and waits for the answer.
  Answer Do(UserId caller, ConversationId conversation, CommandBody body);
  /// Gives a command and returns once its append is held (after HoldCommits).
  Answer SubmitHeld(UserId caller, ConversationId conversation, CommandBody body);

  SendCommand Text(std::string text);
  /// Sends so many messages and waits for all.
  void Chatter(UserId sender, ConversationId conversation, std::size_t count);

  ConversationId Group(UserId creator, std::vector<UserId> others,
                       HistoryPolicy history = HistoryPolicy::kJoined);
  ConversationId Direct(UserId creator, UserId other);
  /// Adds people, as nobody but an admin may.
  Answer Add(UserId admin, ConversationId conversation, std::vector<UserId> users);

  std::unique_ptr<EventLog> Listen(UserId user);

  ConversationView Get(UserId caller, ConversationId conversation);
  StatusCode GetCode(UserId caller, ConversationId conversation);
  Seq Head(UserId caller, ConversationId conversation) {
    return Get(caller, conversation).snapshot->head.seq;
  }
  /// The texts of all messages that the caller sees, of at most 100.
  std::vector<std::string> Texts(UserId caller, ConversationId conversation);
  std::vector<ConversationId> Listed(UserId caller);

 private:
  std::unique_ptr<ChatService> NewService();

  const std::shared_ptr<ChatWorld> world_;
  const std::size_t node_;
  const Limits limits_;
  FakeClock& clock_;
  FakeRandom& random_;
  runtime::Shard& shard_;
  storage::memory::FakeStore& store_;
  std::unique_ptr<ChatService> chat_;
};

/// The ground of the tests of ChatService.
class ChatTest : public testing::Test {
 protected:
  ChatBackend backend_;
  UserId ann_ = backend_.Person("ann");
  UserId bo_ = backend_.Person("bob");
  UserId cy_ = backend_.Person("cyd");
};

}  // namespace parley::chat
