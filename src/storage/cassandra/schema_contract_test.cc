#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.h"
#include "storage/cassandra/schema.h"
#include "storage/cassandra/schema_lock.h"
#include "storage/cassandra/testing/fault_session.h"
#include "storage/cassandra/testing/test_cluster.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

constexpr std::string_view kFirst =
    "CREATE TABLE IF NOT EXISTS {keyspace}.first (a bigint PRIMARY KEY)";
constexpr std::string_view kSecond =
    "CREATE TABLE IF NOT EXISTS {keyspace}.second (a bigint PRIMARY KEY)";

/// A keyspace for each test, empty, but for the last one: not there at all.
class SchemaContract : public testing::Test {
 protected:
  void SetUp() override {
    Result<std::unique_ptr<TestKeyspace>> keyspace = TestKeyspace::Create();
    ASSERT_TRUE(keyspace.ok()) << keyspace.status().ToString();
    keyspace_ = *std::move(keyspace);
  }

  Session& session() { return keyspace_->session(); }

  std::unique_ptr<Session> Another() {
    Result<std::unique_ptr<Session>> session =
        Session::Connect(*TestSessionOptions(keyspace_->name()));
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    return *std::move(session);
  }

  std::set<std::string> Tables() {
    const Result<Rows> rows =
        session().Run("SELECT table_name FROM system_schema.tables WHERE keyspace_name = '" +
                      keyspace_->name() + "'");
    EXPECT_TRUE(rows.ok()) << rows.status().ToString();
    std::set<std::string> tables;
    for (const Row row : *rows) tables.emplace(ReadText(row[0]).value());
    return tables;
  }

  std::unique_ptr<TestKeyspace> keyspace_;
  const Schema schema_{.version = 1, .tables = {kFirst, kSecond}, .migrations = {}};
};

TEST_F(SchemaContract, OpenSchema_MakesItOnceAndReadsItThen) {
  const Status made = OpenSchema(session(), schema_, {});
  ASSERT_TRUE(made.ok()) << made.ToString();
  EXPECT_THAT(Tables(), IsSupersetOf({"first", "second", "schema_state"}));
  Result<SchemaState> state = SchemaState::Open(session());
  EXPECT_EQ(state->ReadVersion().value(), 1);

  // Nothing to change: so it does not matter who holds the lock.
  EXPECT_TRUE(state->Lock(Uuid(Uuid::Bytes{1})).value());
  const Status again = OpenSchema(session(), schema_, {});
  EXPECT_TRUE(again.ok()) << again.ToString();
}

TEST_F(SchemaContract, OpenSchema_ManyServersAtOnce_AllSucceed) {
  constexpr std::size_t kServers = 4;
  std::vector<std::unique_ptr<Session>> sessions;
  for (std::size_t i = 0; i < kServers; ++i) sessions.push_back(Another());
  std::vector<std::future<Status>> opened;
  opened.reserve(kServers);
  for (const auto& session : sessions) {
    opened.push_back(
        std::async(std::launch::async, [&] { return OpenSchema(*session, schema_, {}); }));
  }
  for (auto& status : opened) {
    const Status done = status.get();
    EXPECT_TRUE(done.ok()) << done.ToString();
  }
  // What one writes on any node, all read.
  const Statement& insert =
      **sessions[0]->Prepare("insert", "INSERT INTO {keyspace}.first (a) VALUES (?)");
  ASSERT_TRUE(ExecuteAndWait(*sessions[0], Bind(insert, BigintValue(7))).ok());
  for (const auto& session : sessions) {
    const Statement& select =
        **session->Prepare("select", "SELECT a FROM {keyspace}.first WHERE a = ?");
    EXPECT_EQ(ExecuteAndWait(*session, Bind(select, BigintValue(7)))->size(), 1U);
  }
}

TEST_F(SchemaContract, OpenSchema_LockedByAnother_WaitsAndGivesUp) {
  Result<SchemaState> state = SchemaState::Open(session());
  ASSERT_TRUE(state.ok()) << state.status().ToString();
  const Uuid other(Uuid::Bytes{1});
  ASSERT_TRUE(state->Lock(other).value());
  EXPECT_TRUE(state->Lock(other).value()) << "it is ours";
  EXPECT_FALSE(state->Lock(Uuid(Uuid::Bytes{2})).value());

  const Status late = OpenSchema(session(), schema_, {.patience = std::chrono::milliseconds(1)});
  EXPECT_EQ(late.code(), StatusCode::kUnavailable) << late.ToString();
  EXPECT_THAT(Tables(), Not(testing::Contains("first")));

  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(OpenSchema(session(), schema_, {.stop = stop.get_token()}).code(),
            StatusCode::kUnavailable);

  // All is made while we wait: by one whose lock stays, since its release was lost.
  std::future<Status> waiting =
      std::async(std::launch::async, [&] { return OpenSchema(*Another(), schema_, {}); });
  for (const std::string_view create : schema_.tables) {
    ASSERT_TRUE(session().Run(std::string(create)).ok());
  }
  ASSERT_TRUE(state->WriteVersion(std::nullopt, schema_.version).ok());
  EXPECT_TRUE(waiting.get().ok());
  ASSERT_TRUE(session().Run("DROP TABLE {keyspace}.first").ok());

  state->Unlock(Uuid(Uuid::Bytes{2}));  // not its lock
  EXPECT_TRUE(state->Renew(other).ok());
  state->Unlock(other);
  EXPECT_EQ(state->Renew(other).code(), StatusCode::kUnavailable);
  EXPECT_TRUE(OpenSchema(session(), schema_, {}).ok());
}

TEST_F(SchemaContract, OpenSchema_AnswersThatDoNotCome_AreAskedForAgain) {
  FaultSession faulty(session());
  for (const auto* step : {"schema.lock", "schema.renew", "schema.first_version"}) {
    faulty.Fail(step, Fault::kUnknownNotDone);
    faulty.Fail(step, Fault::kUnknownDone);
    faulty.Fail(step, Fault::kRefused);
  }
  faulty.Fail("schema.read_version", Fault::kRefused);
  const Status opened = OpenSchema(faulty, schema_, {});
  ASSERT_TRUE(opened.ok()) << opened.ToString();
  EXPECT_GE(faulty.sent("schema.renew"), 5);  // three that failed, and one before each table
  EXPECT_THAT(Tables(), IsSupersetOf({"first", "second"}));
  EXPECT_EQ(SchemaState::Open(session())->ReadVersion().value(), 1);

  ASSERT_TRUE(session().Run("DROP TABLE {keyspace}.second").ok());
  faulty.Fail("schema.renew", Fault::kUnknownNotDone);
  const Status late = OpenSchema(faulty, schema_, {.patience = std::chrono::milliseconds(1)});
  EXPECT_EQ(late.code(), StatusCode::kUnavailable) << late.ToString();
}

TEST_F(SchemaContract, OpenSchema_NewerVersion_IsLeftAsItIs) {
  Result<SchemaState> state = SchemaState::Open(session());
  ASSERT_TRUE(state->WriteVersion(std::nullopt, 2).ok());
  const Status status = OpenSchema(session(), schema_, {});
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("newer version"));
  EXPECT_THAT(Tables(), Not(testing::Contains("first")));
  EXPECT_EQ(state->ReadVersion().value(), 2);
}

TEST_F(SchemaContract, OpenSchema_OlderVersion_IsMigrated) {
  const Schema old{.version = 1, .tables = {kFirst}, .migrations = {}};
  ASSERT_TRUE(OpenSchema(session(), old, {}).ok());
  const std::array steps{
      Migration{.from = 1,
                .what = "a column for b",
                .statements = {"ALTER TABLE {keyspace}.first ADD IF NOT EXISTS b bigint"}},
      Migration{.from = 2,
                .what = "a column for c",
                .statements = {"ALTER TABLE {keyspace}.first ADD IF NOT EXISTS c bigint"}}};
  const Schema now{.version = 3, .tables = {kFirst, kSecond}, .migrations = steps};
  const Status migrated = OpenSchema(session(), now, {});
  ASSERT_TRUE(migrated.ok()) << migrated.ToString();
  EXPECT_EQ(SchemaState::Open(session())->ReadVersion().value(), 3);
  EXPECT_TRUE(session().Prepare("both", "SELECT b, c FROM {keyspace}.first").ok());
  EXPECT_THAT(Tables(), testing::Contains("second"));

  const Schema without_a_way{.version = 5, .tables = {kFirst}, .migrations = steps};
  EXPECT_EQ(OpenSchema(session(), without_a_way, {}).code(), StatusCode::kInvalidArgument);
}

TEST_F(SchemaContract, OpenSchema_MissingTable_IsMadeAgain) {
  ASSERT_TRUE(OpenSchema(session(), schema_, {}).ok());
  ASSERT_TRUE(session().Run("DROP TABLE {keyspace}.second").ok());
  ASSERT_TRUE(OpenSchema(session(), schema_, {}).ok());
  EXPECT_THAT(Tables(), testing::Contains("second"));
}

TEST_F(SchemaContract, OpenSchema_NoKeyspace_IsMadeWithThreeReplicas) {
  ASSERT_TRUE(session().Run("DROP KEYSPACE {keyspace}").ok());
  const Status wrong =
      OpenSchema(session(), schema_, {.replication = "{'class': 'NoSuchStrategy'}"});
  EXPECT_EQ(wrong.code(), StatusCode::kInvalidArgument) << wrong.ToString();
  const Status made = OpenSchema(session(), schema_, {});
  ASSERT_TRUE(made.ok()) << made.ToString();
  EXPECT_THAT(Tables(), testing::Contains("first"));
}

TEST(SchemaNameContract, OpenSchema_NameThatNeedsQuotes_IsRefused) {
  Result<SessionOptions> options = TestSessionOptions("Not a name");
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  Result<std::unique_ptr<Session>> session = Session::Connect(*std::move(options));
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  EXPECT_EQ(OpenSchema(**session, {}, {}).code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace parley::storage::cassandra
