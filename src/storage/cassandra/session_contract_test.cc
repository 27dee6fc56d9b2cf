#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/cassandra/session.h"
#include "storage/cassandra/testing/test_cluster.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

using testing::HasSubstr;

/// A keyspace with two tables, for all tests of the file: making one takes a second.
class SessionContract : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Result<std::unique_ptr<TestKeyspace>> keyspace = TestKeyspace::Create();
    ASSERT_TRUE(keyspace.ok()) << keyspace.status().ToString();
    keyspace_ = *std::move(keyspace);
    for (const char* table :
         {"CREATE TABLE {keyspace}.log (conversation bigint, seq bigint, head bigint static, "
          "body blob, PRIMARY KEY (conversation, seq))",
          "CREATE TABLE {keyspace}.once (key text PRIMARY KEY, seq bigint)"}) {
      const Result<Rows> made = keyspace_->session().Run(table);
      ASSERT_TRUE(made.ok()) << made.status().ToString();
    }
  }
  static void TearDownTestSuite() { keyspace_.reset(); }

  void SetUp() override { ASSERT_NE(keyspace_, nullptr); }

  Session& session() { return keyspace_->session(); }

  const Statement& Prepare(std::string name, std::string cql, StatementOptions options = {}) {
    Result<const Statement*> statement =
        session().Prepare(std::move(name), std::move(cql), options);
    EXPECT_TRUE(statement.ok()) << statement.status().ToString();
    return **statement;
  }

  Result<Rows> Run(Bound bound, std::string page = {}) {
    return runtime::RunTask(shard_, session().Execute(std::move(bound), std::move(page)));
  }
  Result<Rows> RunBatch(std::vector<Bound> bounds) {
    return runtime::RunTask(shard_, session().ExecuteBatch(std::move(bounds)));
  }

  /// An entry of its own for each test.
  static std::int64_t NewConversation() {
    static std::atomic<std::int64_t> last = 0;
    return ++last;
  }

  const Statement& Insert() {
    return Prepare("log_insert",
                   "INSERT INTO {keyspace}.log (conversation, seq, body) VALUES (?, ?, ?)");
  }
  const Statement& Raise() {
    return Prepare("log_raise",
                   "UPDATE {keyspace}.log SET head = ? WHERE conversation = ? IF head = ?");
  }

  runtime::Shard shard_;
  static inline std::unique_ptr<TestKeyspace> keyspace_;
};

TEST_F(SessionContract, Execute_WrittenRow_IsRead) {
  const std::int64_t conversation = NewConversation();
  const std::string body("\0\x01text\xff", 7);
  const Statement& insert = Insert();
  const Statement& select = Prepare(
      "log_select", "SELECT body, head FROM {keyspace}.log WHERE conversation = ? AND seq = ?",
      {.idempotent = true});
  const Result<Rows> written =
      Run(Bind(insert, BigintValue(conversation), BigintValue(1), BlobValue(body)));
  ASSERT_TRUE(written.ok()) << written.status().ToString();
  EXPECT_TRUE(written->empty());

  const Result<Rows> rows = Run(Bind(select, BigintValue(conversation), BigintValue(1)));
  ASSERT_TRUE(rows.ok()) << rows.status().ToString();
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0].size(), 2U);
  EXPECT_EQ((*rows)[0][0], body);
  EXPECT_FALSE((*rows)[0][1].has_value()) << "null";
  EXPECT_FALSE((*rows)[0][2].has_value()) << "no column";
}

TEST_F(SessionContract, Execute_Conditional_IsAppliedOnce) {
  const Statement& once =
      Prepare("once", "INSERT INTO {keyspace}.once (key, seq) VALUES (?, ?) IF NOT EXISTS");
  const Result<Rows> first = Run(Bind(once, TextValue("a"), BigintValue(1)));
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_TRUE(first->applied());

  const Result<Rows> second = Run(Bind(once, TextValue("a"), BigintValue(2)));
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_FALSE(second->applied());
  ASSERT_EQ(second->size(), 1U);
  EXPECT_EQ(ReadText((*second)[0][1]).value(), "a");
  EXPECT_EQ(ReadBigint((*second)[0][2]).value(), 1);
}

TEST_F(SessionContract, ExecuteBatch_RefusedCondition_LeavesNothing) {
  const std::int64_t conversation = NewConversation();
  const Statement& raise = Raise();
  const Statement& insert = Insert();
  const Statement& head =
      Prepare("log_head", "SELECT head, seq FROM {keyspace}.log WHERE conversation = ?",
              {.idempotent = true, .serial = true});
  const auto append = [&](const Value& old, std::int64_t seq) {
    std::vector<Bound> bounds;
    bounds.push_back(Bind(raise, BigintValue(seq), BigintValue(conversation), old));
    bounds.push_back(Bind(insert, BigintValue(conversation), BigintValue(seq), BlobValue("entry")));
    return RunBatch(std::move(bounds));
  };
  const Result<Rows> first = append(NullValue(), 1);
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_TRUE(first->applied());
  const Result<Rows> second = append(NullValue(), 2);
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  EXPECT_FALSE(second->applied());

  const Result<Rows> rows = Run(Bind(head, BigintValue(conversation)));
  ASSERT_TRUE(rows.ok()) << rows.status().ToString();
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(ReadBigint((*rows)[0][0]).value(), 1);
  EXPECT_TRUE(append(BigintValue(1), 2)->applied());
}

TEST_F(SessionContract, Execute_Pages_LeadThroughAllRows) {
  const std::int64_t conversation = NewConversation();
  const Statement& insert = Insert();
  std::vector<Bound> bounds;
  for (std::int64_t seq = 1; seq <= 25; ++seq) {
    bounds.push_back(Bind(insert, BigintValue(conversation), BigintValue(seq), BlobValue("entry")));
  }
  ASSERT_TRUE(RunBatch(std::move(bounds)).ok());
  const Statement& page_of_ten = Prepare(
      "log_page", "SELECT seq FROM {keyspace}.log WHERE conversation = ?", {.page_size = 10});
  const Statement& all =
      Prepare("log_all", "SELECT seq FROM {keyspace}.log WHERE conversation = ?");

  std::int64_t expected = 0;
  std::size_t pages = 0;
  std::string page;
  do {
    const Result<Rows> rows = Run(Bind(page_of_ten, BigintValue(conversation)), page);
    ASSERT_TRUE(rows.ok()) << rows.status().ToString();
    EXPECT_LE(rows->size(), 10U);
    for (const Row row : *rows) EXPECT_EQ(ReadBigint(row[0]).value(), ++expected);
    page = rows->next_page();
    ++pages;
  } while (!page.empty());
  EXPECT_EQ(expected, 25);
  EXPECT_EQ(pages, 3U);

  const Result<Rows> rows = Run(Bind(all, BigintValue(conversation)));
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->size(), 25U);
  EXPECT_TRUE(rows->next_page().empty());
}

TEST_F(SessionContract, ExecuteAll_AnswersInOrder) {
  const Statement& insert = Insert();
  const Statement& select = Prepare(
      "log_bodies", "SELECT body FROM {keyspace}.log WHERE conversation = ?", {.idempotent = true});
  std::vector<std::int64_t> conversations;
  std::vector<Bound> writes;
  std::vector<Bound> reads;
  for (std::size_t i = 0; i < 3 * Session::kWidth; ++i) {
    const std::int64_t conversation = NewConversation();
    writes.push_back(
        Bind(insert, BigintValue(conversation), BigintValue(1), TextValue(std::to_string(i))));
    reads.push_back(Bind(select, BigintValue(conversation)));
  }
  ASSERT_TRUE(runtime::RunTask(shard_, session().ExecuteAll(std::move(writes))).ok());
  const auto rows = runtime::RunTask(shard_, session().ExecuteAll(std::move(reads)));
  ASSERT_TRUE(rows.ok()) << rows.status().ToString();
  ASSERT_EQ(rows->size(), 3 * Session::kWidth);
  for (std::size_t i = 0; i < rows->size(); ++i) {
    ASSERT_EQ((*rows)[i].size(), 1U);
    EXPECT_EQ(ReadText((*rows)[i][0][0]).value(), std::to_string(i));
  }
  EXPECT_TRUE(runtime::RunTask(shard_, session().ExecuteAll({}))->empty());
}

TEST_F(SessionContract, Execute_WrongValues_AreInternalAndWriteNothing) {
  const Statement& insert = Insert();
  const Result<Rows> few = Run(Bind(insert, BigintValue(1)));
  EXPECT_EQ(few.status().code(), StatusCode::kInternal) << few.status().ToString();
  EXPECT_THAT(std::string(few.status().message()), HasSubstr("log_insert"));
  const Result<Rows> short_number =
      Run(Bind(insert, TextValue("abc"), BigintValue(1), NullValue()));
  EXPECT_EQ(short_number.status().code(), StatusCode::kInternal)
      << short_number.status().ToString();
}

TEST_F(SessionContract, Prepare_NotUnderstood_SaysWhy) {
  const Result<const Statement*> statement =
      session().Prepare("nonsense", "SELECT nothing FROM {keyspace}.log");
  EXPECT_EQ(statement.status().code(), StatusCode::kInternal);
  EXPECT_THAT(std::string(statement.status().message()), HasSubstr("nonsense"));
}

TEST_F(SessionContract, Stats_CountByStatement) {
  const std::int64_t conversation = NewConversation();
  const Statement& write = Prepare(
      "counted_write", "INSERT INTO {keyspace}.log (conversation, seq, body) VALUES (?, ?, ?)");
  const Statement& read =
      Prepare("counted_read", "SELECT seq FROM {keyspace}.log WHERE conversation = ?");
  const auto bind = [&](std::int64_t seq) {
    return Bind(write, BigintValue(conversation), BigintValue(seq), NullValue());
  };
  std::vector<Bound> bounds;
  bounds.push_back(bind(1));
  bounds.push_back(bind(2));
  ASSERT_TRUE(RunBatch(std::move(bounds)).ok());
  ASSERT_TRUE(Run(bind(3)).ok());
  ASSERT_TRUE(Run(Bind(read, BigintValue(conversation))).ok());
  ASSERT_FALSE(Run(Bind(read)).ok());

  for (const StatementStats& stats : session().stats().statements) {
    if (stats.name == "counted_write") {
      EXPECT_EQ(stats.executions, 3U);
      EXPECT_EQ(stats.batches, 1U);
      EXPECT_EQ(stats.seconds.count, 2U);
      EXPECT_EQ(stats.table, "log");
      EXPECT_FALSE(stats.reads);
    }
    if (stats.name == "counted_read") {
      EXPECT_EQ(stats.executions, 2U);
      EXPECT_EQ(stats.refused, 1U);
      EXPECT_EQ(stats.unknown, 0U);
      EXPECT_TRUE(stats.reads);
    }
  }
  EXPECT_TRUE(session().health().ok());
}

TEST_F(SessionContract, Truncate_EmptiesWhatWasWritten) {
  Truncator truncator;
  const std::int64_t conversation = NewConversation();
  ASSERT_TRUE(
      Run(Bind(Insert(), BigintValue(conversation), BigintValue(1), BlobValue("entry"))).ok());
  const Status truncated = truncator.Truncate(session());
  ASSERT_TRUE(truncated.ok()) << truncated.ToString();
  const Statement& all =
      Prepare("log_left", "SELECT seq FROM {keyspace}.log WHERE conversation = ?");
  EXPECT_TRUE(Run(Bind(all, BigintValue(conversation)))->empty());
}

/// Signed itself, and nothing else.
constexpr std::string_view kAnotherAuthority =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBjjCCATWgAwIBAgIUDAmzhwVhp0tZLCvxEvoEV20Y+RQwCgYIKoZIzj0EAwIw\n"
    "HDEaMBgGA1UEAwwRYW5vdGhlciBhdXRob3JpdHkwIBcNMjYxMTI2MDYzMzQwWhgP\n"
    "MjEyNjExMDIwNjMzNDBaMBwxGjAYBgNVBAMMEWFub3RoZXIgYXV0aG9yaXR5MFkw\n"
    "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAx9XA9d2Bzd5MmXgFNSDRZv22bjD0qn2\n"
    "We2JWRANatTCZB1fXTlknZpGHh1AgtCNY0z42h4Ictsf5fRvcdOFuqNTMFEwHQYD\n"
    "VR0OBBYEFFmjxbp6CG/tmg1euEFSzdhm1756MB8GA1UdIwQYMBaAFFmjxbp6CG/t\n"
    "mg1euEFSzdhm1756MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIg\n"
    "crCgKMyUQqDHM/Ea2HFALPcF5KAN/1FBV2FzHQ8i++MCIAUcZyLqQQwrHb7R+AiB\n"
    "cYWKW60BT6fj1qCBDCHz8GEU\n"
    "-----END CERTIFICATE-----\n";

/// A session of its own, to be stopped, or with narrow bounds.
class OwnSessionContract : public SessionContract {
 protected:
  std::unique_ptr<Session> Connect(std::size_t max_in_flight = 1024, std::size_t max_waiting = 16) {
    Result<SessionOptions> options = TestSessionOptions(keyspace_->name());
    options->max_in_flight = max_in_flight;
    options->max_waiting = max_waiting;
    Result<std::unique_ptr<Session>> session = Session::Connect(*std::move(options));
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    return *std::move(session);
  }
};

TEST_F(OwnSessionContract, Stop_TellsEveryCall) {
  const std::unique_ptr<Session> session = Connect(4, 10'000);
  const Statement& insert = **session->Prepare(
      "insert", "INSERT INTO {keyspace}.log (conversation, seq, body) VALUES (?, ?, ?)");
  constexpr int kCalls = 500;
  std::atomic<int> told = 0;
  std::atomic<int> refused = 0;
  const std::int64_t conversation = NewConversation();
  for (std::int64_t seq = 0; seq < kCalls; ++seq) {
    session->Execute(Bind(insert, BigintValue(conversation), BigintValue(seq), NullValue()), {},
                     [&](const Result<Rows>& rows) {
                       ++told;
                       if (!rows.ok()) {
                         ++refused;
                         EXPECT_EQ(rows.status().code(), StatusCode::kUnavailable);
                       }
                     });
  }
  session->Stop();
  EXPECT_EQ(told, kCalls);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(session->stats().in_flight, 0U);
  session->Stop();

  const Result<Rows> late = runtime::RunTask(
      shard_,
      session->Execute(Bind(insert, BigintValue(conversation), BigintValue(1), NullValue())));
  EXPECT_EQ(late.status().code(), StatusCode::kUnavailable);
  EXPECT_FALSE(session->health().ok());
}

TEST_F(OwnSessionContract, Execute_BeyondTheQueue_IsRefused) {
  const std::unique_ptr<Session> session = Connect(1, 2);
  const Statement& insert = **session->Prepare(
      "insert", "INSERT INTO {keyspace}.log (conversation, seq, body) VALUES (?, ?, ?)");
  const std::int64_t conversation = NewConversation();
  std::atomic<int> written = 0;
  std::atomic<int> refused = 0;
  for (std::int64_t seq = 0; seq < 100; ++seq) {
    session->Execute(Bind(insert, BigintValue(conversation), BigintValue(seq), NullValue()), {},
                     [&](const Result<Rows>& rows) { ++(rows.ok() ? written : refused); });
  }
  const std::unique_ptr<Session> reader = Connect();
  const Statement& all =
      **reader->Prepare("all", "SELECT seq FROM {keyspace}.log WHERE conversation = ?");
  session->Stop();
  EXPECT_EQ(written + refused, 100);
  EXPECT_GT(refused, 0);
  const Result<Rows> rows =
      runtime::RunTask(shard_, reader->Execute(Bind(all, BigintValue(conversation))));
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->size(), static_cast<std::size_t>(written)) << "refused means not written";
}

TEST_F(OwnSessionContract, Execute_NoTimeLeft_IsUnknownForAWriteAndUnavailableForARead) {
  const std::unique_ptr<Session> session = Connect();
  // Paxos needs several round trips, each to another node.
  const StatementOptions hasty{.timeout = std::chrono::milliseconds(1)};
  const Statement& write = **session->Prepare(
      "hasty_write", "UPDATE {keyspace}.log SET head = ? WHERE conversation = ? IF head = ?",
      hasty);
  const Statement& read =
      **session->Prepare("hasty_read", "SELECT head FROM {keyspace}.log WHERE conversation = ?",
                         {.idempotent = true, .serial = true, .timeout = hasty.timeout});
  int unknown = 0;
  int unavailable = 0;
  for (int i = 0; i < 50; ++i) {
    const std::int64_t conversation = NewConversation();
    const Result<Rows> written = runtime::RunTask(
        shard_,
        session->Execute(Bind(write, BigintValue(1), BigintValue(conversation), NullValue())));
    if (!written.ok()) {
      EXPECT_EQ(written.status().code(), StatusCode::kUnknown) << written.status().ToString();
      ++unknown;
    }
    const Result<Rows> rows =
        runtime::RunTask(shard_, session->Execute(Bind(read, BigintValue(conversation))));
    if (!rows.ok()) {
      EXPECT_EQ(rows.status().code(), StatusCode::kUnavailable) << rows.status().ToString();
      ++unavailable;
    }
  }
  EXPECT_GT(unknown, 0);
  EXPECT_GT(unavailable, 0);
}

/// Changes one thing of what works, and tries.
class SessionConnectContract : public testing::Test {
 protected:
  void SetUp() override {
    Result<SessionOptions> options = TestSessionOptions("parley");
    ASSERT_TRUE(options.ok()) << options.status().ToString();
    options_ = *std::move(options);
  }

  void ExpectRefused(StatusCode code, std::string_view why) {
    const Status status = Session::Connect(options_).status();
    EXPECT_EQ(status.code(), code) << status.ToString();
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }

  SessionOptions options_;
};

TEST_F(SessionConnectContract, Connect_NobodyThere_IsUnavailable) {
  options_.contact_points = {"127.0.0.1:1"};
  ExpectRefused(StatusCode::kUnavailable, "does not answer at 127.0.0.1:1");
}

TEST_F(SessionConnectContract, Connect_NoNode_IsInvalid) {
  options_.contact_points.clear();
  ExpectRefused(StatusCode::kInvalidArgument, "at least one node");
}

TEST_F(SessionConnectContract, Connect_WrongDatacenter_IsInvalid) {
  options_.datacenter = "moon";
  ExpectRefused(StatusCode::kInvalidArgument, "no datacenter moon");
}

TEST_F(SessionConnectContract, Connect_NoSuchFile_IsInvalid) {
  options_.ca_file = "/nowhere/ca.pem";
  ExpectRefused(StatusCode::kInvalidArgument, "/nowhere/ca.pem");
}

/// What the cluster of these tests asks for is in the environment: these look at one that asks.
TEST_F(SessionConnectContract, Connect_WrongPassword_IsDenied) {
  if (options_.user.empty()) GTEST_SKIP() << "this cluster asks for no password";
  options_.password = "wrong";
  ExpectRefused(StatusCode::kPermissionDenied, "Check the user");
  options_.user.clear();
  ExpectRefused(StatusCode::kPermissionDenied, "Authentication is required");
}

TEST_F(SessionConnectContract, Connect_OtherAuthority_IsDenied) {
  if (options_.ca_file.empty()) GTEST_SKIP() << "this cluster has no TLS";
  options_.ca_file = testing::TempDir() + "another_authority.pem";
  std::ofstream(options_.ca_file) << kAnotherAuthority;
  ExpectRefused(StatusCode::kPermissionDenied, "certificate");
}

TEST_F(SessionConnectContract, Connect_WithoutTls_IsUnavailable) {
  if (options_.ca_file.empty()) GTEST_SKIP() << "this cluster has no TLS";
  options_.ca_file.clear();
  ExpectRefused(StatusCode::kUnavailable, "whether it wants TLS");
}

}  // namespace
}  // namespace parley::storage::cassandra
