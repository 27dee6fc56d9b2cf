// A Redis that is killed, stopped and flushed: the test starts one of its own (redis-server of
// PATH).
#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"
#include "storage/cached/cached_store.h"
#include "storage/cached/redis/redis_client.h"
#include "storage/cached/redis/shared_cache_store.h"
#include "storage/memory/fake_store.h"
#include "storage/testing/log_builder.h"

extern char** environ;

namespace parley::storage::cached {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AnyOf;

NullLogger no_log;
constexpr char kPassword[] = "parley-test";
constexpr std::chrono::seconds kLong{20};

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

template <class Predicate>
bool WaitFor(Predicate predicate, milliseconds time = kLong) {
  const auto give_up = steady_clock::now() + time;
  while (!predicate()) {
    if (steady_clock::now() > give_up) return false;
    std::this_thread::yield();
  }
  return true;
}

/// A redis-server of the test's own, in memory alone.
class RedisProcess {
 public:
  RedisProcess() : port_(FreePort()) { Start(); }
  ~RedisProcess() { Kill(); }

  void Start() {
    const std::vector<std::string> words = {"redis-server",
                                            "--bind",
                                            "127.0.0.1",
                                            "--port",
                                            std::to_string(port_),
                                            "--save",
                                            "",
                                            "--appendonly",
                                            "no",
                                            "--dir",
                                            std::filesystem::temp_directory_path(),
                                            "--logfile",
                                            "/dev/null",
                                            "--requirepass",
                                            kPassword};
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ASSERT_EQ(posix_spawnp(&pid_, arguments[0], nullptr, nullptr, arguments.data(), environ), 0)
        << "is redis-server installed?";
  }
  void Kill() {
    if (pid_ == 0) return;
    Signal(SIGCONT);
    Signal(SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  void Signal(int signal) const { kill(pid_, signal); }

  RedisAddress address() const {
    RedisAddress address;
    address.host = "127.0.0.1";
    address.port = port_;
    address.password = kPassword;
    return address;
  }
  /// By a connection of its own.
  void Command(const std::vector<std::string>& words) const {
    const auto deadline = steady_clock::now() + kLong;
    auto connection = RedisConnection::Open(address(), deadline);
    ASSERT_TRUE(connection.ok()) << connection.status().ToString();
    std::vector<RedisReply> replies;
    ASSERT_TRUE((*connection)->Execute({words}, deadline, &replies).ok());
    ASSERT_NE(replies.front().kind, RedisReply::Kind::kError) << replies.front().text;
  }

 private:
  const int port_;
  pid_t pid_ = 0;
};

class RedisRestartTest : public ::testing::Test {
 protected:
  RedisOptions Options() const {
    RedisOptions options;
    options.address = redis_.address();
    options.deadline = milliseconds(500);
    options.first_pause = milliseconds(20);
    options.longest_pause = milliseconds(100);
    return options;
  }
  static bool WaitConnected(const RedisClient& client) {
    return WaitFor([&] { return client.stats().connected == 1; });
  }
  static Status Get(RedisClient& client) {
    std::promise<Status> answer;
    client.Get({"key"}, [&](auto found) { answer.set_value(found.status()); });
    return answer.get_future().get();
  }
  static Status Write(RedisClient& client, RemoteWrite write) {
    std::promise<Status> answer;
    client.Write({std::move(write)}, [&](Status status) { answer.set_value(std::move(status)); });
    return answer.get_future().get();
  }
  static Status Mark(RedisClient& client) {
    return Write(client, {.kind = RemoteWrite::Kind::kStale,
                          .key = "key",
                          .version = 0,
                          .payload = {},
                          .ttl = kLong});
  }
  /// "?" while there is no answer.
  static std::string Held(RedisClient& client, const std::string& key) {
    std::promise<std::string> answer;
    client.Get({key},
               [&](auto found) { answer.set_value(found.ok() ? found->front().payload : "?"); });
    return answer.get_future().get();
  }

  RedisProcess redis_;
};

TEST_F(RedisRestartTest, WrongPassword_IsNoConnection_AndCallsAreSkipped) {
  RedisOptions options = Options();
  options.address.password = "wrong";
  RedisClient client(options, no_log);
  RedisClient good(Options(), no_log);
  ASSERT_TRUE(WaitConnected(good));
  EXPECT_FALSE(Get(client).ok());
  EXPECT_EQ(client.stats().connected, 0U);
  EXPECT_EQ(client.stats().skipped, 1U);
  const auto opened = RedisConnection::Open(options.address, steady_clock::now() + kLong);
  EXPECT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().message().find("wrong"), std::string_view::npos)
      << opened.status().message();
}

TEST_F(RedisRestartTest, KilledAndStartedAgain_ItAnswersAgain) {
  RedisClient client(Options(), no_log);
  ASSERT_TRUE(WaitConnected(client));
  EXPECT_TRUE(Mark(client).ok());
  redis_.Kill();
  EXPECT_FALSE(Get(client).ok());
  EXPECT_TRUE(WaitFor([&] { return client.stats().connected == 0; }));
  EXPECT_FALSE(Get(client).ok());
  redis_.Start();
  ASSERT_TRUE(WaitConnected(client));
  EXPECT_TRUE(Mark(client).ok());
  EXPECT_TRUE(Get(client).ok());
  EXPECT_EQ(client.stats().queued_bytes, 0U);
}

TEST_F(RedisRestartTest, ConnectionClosedWhileIdle_CostsNoCall) {
  RedisClient client(Options(), no_log);
  ASSERT_TRUE(WaitConnected(client));
  redis_.Command({"CLIENT", "KILL", "TYPE", "normal"});
  EXPECT_TRUE(Mark(client).ok());
  EXPECT_EQ(client.stats().errors, 0U);
}

TEST_F(RedisRestartTest, ScriptsForgotten_AreLoadedAgain) {
  RedisClient client(Options(), no_log);
  ASSERT_TRUE(WaitConnected(client));
  redis_.Command({"SCRIPT", "FLUSH"});
  EXPECT_TRUE(Mark(client).ok());
  EXPECT_TRUE(Get(client).ok());
}

TEST_F(RedisRestartTest, StoppedServer_CostsOneDeadline_ThenNothing) {
  RedisClient client(Options(), no_log);
  ASSERT_TRUE(WaitConnected(client));
  redis_.Signal(SIGSTOP);
  const auto began = steady_clock::now();
  std::vector<std::future<Status>> answers;
  for (int i = 0; i < 50; ++i) {
    auto answer = std::make_shared<std::promise<Status>>();
    answers.push_back(answer->get_future());
    client.Get({"key"}, [answer](auto found) { answer->set_value(found.status()); });
  }
  for (auto& answer : answers) EXPECT_FALSE(answer.get().ok());
  const auto took = steady_clock::now() - began;
  EXPECT_GE(took, milliseconds(500));
  EXPECT_LT(took, milliseconds(2'000));
  // From here on nobody waits, however often they ask.
  const auto later = steady_clock::now();
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(Get(client).ok());
  EXPECT_LT(steady_clock::now() - later, milliseconds(500));
  EXPECT_GE(client.stats().skipped, 1'000U);
  redis_.Signal(SIGCONT);
  ASSERT_TRUE(WaitConnected(client));
  EXPECT_TRUE(Get(client).ok());
}

TEST_F(RedisRestartTest, WhatCouldNotBeWritten_IsMarkedOnceItAnswers) {
  RedisClient client(Options(), no_log);
  RedisClient other(Options(), no_log);
  ASSERT_TRUE(WaitConnected(client) && WaitConnected(other));
  const RemoteWrite first{RemoteWrite::Kind::kNewer, "head", 1, "one", kLong};
  const RemoteWrite second{RemoteWrite::Kind::kNewer, "head", 2, "two", kLong};
  const RemoteWrite third{RemoteWrite::Kind::kNewer, "head", 3, "three", kLong};
  const RemoteWrite fill{RemoteWrite::Kind::kUnchanged, "body", 0, "filled", kLong};
  const RemoteWrite stale{RemoteWrite::Kind::kStale, "body", 0, "", kLong};
  const RemoteWrite old{RemoteWrite::Kind::kNewer, "sent", 1, "old", kLong};
  const RemoteWrite sent{RemoteWrite::Kind::kNewer, "sent", 2, "new", kLong};
  for (const RemoteWrite& write : {first, fill, old}) ASSERT_TRUE(Write(client, write).ok());
  ASSERT_EQ(Held(other, "body"), "filled");
  redis_.Signal(SIGSTOP);
  // What misses the deadline was sent, and may still be carried out; from then on nothing is sent.
  EXPECT_FALSE(Write(client, sent).ok());
  EXPECT_FALSE(Write(client, third).ok());
  EXPECT_FALSE(Write(client, second).ok());
  EXPECT_FALSE(Write(client, stale).ok());
  redis_.Signal(SIGCONT);
  EXPECT_TRUE(WaitFor([&] { return Held(other, "head").empty(); }));
  EXPECT_TRUE(WaitFor([&] { return Held(other, "body").empty(); }));
  EXPECT_THAT(Held(other, "sent"), AnyOf("", "new"));
  EXPECT_TRUE(Write(other, second).ok());
  EXPECT_EQ(Held(other, "head"), "") << "it came so far";
  EXPECT_TRUE(Write(other, third).ok());
  EXPECT_EQ(Held(other, "head"), "three");
}

TEST_F(RedisRestartTest, FullQueue_SkipsWhatIsMore) {
  RedisOptions options = Options();
  options.max_queued_bytes = 1'000'000;
  options.deadline = kLong;
  RedisClient client(options, no_log);
  ASSERT_TRUE(WaitConnected(client));
  redis_.Signal(SIGSTOP);
  std::atomic<int> answered = 0;
  for (int i = 0; i < 100; ++i) {
    client.Get({std::string(100'000, 'k')}, [&](const auto& /*found*/) { ++answered; });
    EXPECT_LE(client.stats().queued_bytes, options.max_queued_bytes);
  }
  EXPECT_GE(answered, 90);
  EXPECT_GE(client.stats().skipped, 90U);
  redis_.Signal(SIGCONT);
  EXPECT_TRUE(WaitFor([&] { return answered == 100; }));
}

TEST_F(RedisRestartTest, Stop_AnswersWhatIsUnderWay) {
  auto client = std::make_unique<RedisClient>(Options(), no_log);
  ASSERT_TRUE(WaitConnected(*client));
  redis_.Signal(SIGSTOP);
  std::atomic<int> answered = 0;
  for (int i = 0; i < 10; ++i) client->Get({"key"}, [&](const auto& /*found*/) { ++answered; });
  client->Stop();
  EXPECT_EQ(answered, 10);
  EXPECT_FALSE(Get(*client).ok());
}

/// Two nodes work while their Redis is killed, started and flushed: nobody gets an error, and soon
/// after everybody sees the truth.
TEST_F(RedisRestartTest, UnderARandomWorkload_FailsNobody_AndNothingStaleSurvivesItsTime) {
  SharedCacheOptions times;
  times.head_ttl = milliseconds(500);
  times.body_ttl = milliseconds(500);
  times.user_ttl = milliseconds(500);
  SharedStore sharing;
  sharing.ages.max_age = milliseconds(500);
  memory::FakeStore fake;
  struct Node {
    Node(Store& store, const RedisOptions& options, const SharedCacheOptions& times,
         const SharedStore& sharing)
        : client(options, no_log), remote(store, client, times), local(remote, {}, sharing) {}
    RedisClient client;
    SharedCacheStore remote;
    CachedStore local;
  };
  Node a(fake, Options(), times, sharing);
  Node b(fake, Options(), times, sharing);
  ASSERT_TRUE(WaitConnected(a.client));
  ASSERT_TRUE(WaitConnected(b.client));

  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  std::vector<LogBuilder> logs;
  for (int i = 0; i < 3; ++i) logs.emplace_back(std::vector{anna});
  const auto commit = [&](Node& node, LogBuilder& log) {
    std::promise<AppendOutcome> answer;
    node.local.conversations().Append(log.Take(),
                                      [&](AppendOutcome outcome) { answer.set_value(outcome); });
    EXPECT_EQ(answer.get_future().get(), AppendOutcome::kCommitted);
  };
  for (LogBuilder& log : logs) commit(a, log);

  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> reads = 0;
  std::vector<std::thread> threads;
  for (Node* node : {&a, &b}) {
    threads.emplace_back([&, node] {
      runtime::Shard shard;
      ConversationStore& store = node->local.conversations();
      std::mt19937 random(1);
      while (!done) {
        const ConversationId id = logs[random() % logs.size()].id();
        EXPECT_TRUE(runtime::RunTask(shard, store.ReadSnapshot(id, ReadMode::kCached)).ok());
        EXPECT_TRUE(runtime::RunTask(shard, store.FindMembership(ben, id)).ok());
        EXPECT_TRUE(runtime::RunTask(shard, store.ReadEntries(id, Seq(), 200, 1'000'000)).ok());
        ++reads;
      }
    });
  }
  std::mt19937 random(2);
  for (int round = 0; round < 8; ++round) {
    if (round % 4 == 1) redis_.Kill();
    if (round % 4 == 2) redis_.Start();
    if (round % 4 == 3 || round == 0) redis_.Command({"FLUSHALL"});
    const std::uint64_t before = reads;
    for (int i = 0; i < 40; ++i) {
      LogBuilder& log = logs[random() % logs.size()];
      const bool inside = log.members().size() > 1;
      if (random() % 4 == 0) {
        inside ? log.Remove(ben) : log.Add(ben);
      } else {
        log.Message(anna, "hello");
      }
      commit(random() % 2 == 0 ? a : b, log);
    }
    EXPECT_TRUE(WaitFor([&] { return reads > before + 20; }));
    if (round % 4 == 2) {
      EXPECT_TRUE(WaitConnected(a.client));
      EXPECT_TRUE(WaitConnected(b.client));
    }
  }
  done = true;
  for (std::thread& thread : threads) thread.join();

  runtime::Shard shard;
  for (Node* node : {&a, &b}) {
    for (const LogBuilder& log : logs) {
      ConversationStore& store = node->local.conversations();
      const auto shows_truth = [&] {
        const auto snapshot =
            *runtime::RunTask(shard, store.ReadSnapshot(log.id(), ReadMode::kCached));
        const auto row = *runtime::RunTask(shard, store.FindMembership(ben, log.id()));
        return snapshot->head == log.head() && *snapshot->members == log.members() &&
               row.has_value() == (log.members().size() > 1);
      };
      EXPECT_TRUE(WaitFor(shows_truth, milliseconds(3'000)));
    }
  }
  EXPECT_GT(a.client.stats().errors + a.client.stats().skipped, 0U);
}

}  // namespace
}  // namespace parley::storage::cached
