#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.h"
#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/cassandra/cassandra_store.h"
#include "storage/cassandra/schema_lock.h"
#include "storage/cassandra/testing/test_cluster.h"

namespace parley::storage::cassandra {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// The store as the server opens it; what it does is in the contracts of its parts.
class CassandraStoreContract : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Result<std::unique_ptr<TestKeyspace>> keyspace = TestKeyspace::Create();
    ASSERT_TRUE(keyspace.ok()) << keyspace.status().ToString();
    shared = *std::move(keyspace);
  }
  static void TearDownTestSuite() { shared.reset(); }
  void SetUp() override { ASSERT_NE(shared, nullptr); }

  static Result<std::unique_ptr<ClusterStore>> OpenStore() {
    return Open({.session = *TestSessionOptions(shared->name()), .schema = {}});
  }

  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  static inline std::unique_ptr<TestKeyspace> shared;
  runtime::Shard shard_;
};

TEST_F(CassandraStoreContract, NodeSigns_TheNewestOfEachNodeIsRead) {
  const Uuid first(Uuid::Bytes{1});
  const Uuid second(Uuid::Bytes{2});
  Result<std::unique_ptr<ClusterStore>> one = OpenStore();
  Result<std::unique_ptr<ClusterStore>> other = OpenStore();
  ASSERT_TRUE(one.ok() && other.ok()) << one.status().ToString() << other.status().ToString();
  for (const NodeSign& sign : {NodeSign{first, 1}, NodeSign{second, 7}, NodeSign{first, 2}}) {
    ASSERT_TRUE(Run((*one)->node_signs().Give(sign)).ok());
  }
  EXPECT_THAT(Run((*other)->node_signs().Read()).value(),
              UnorderedElementsAre(NodeSign{first, 2}, NodeSign{second, 7}));
}

TEST_F(CassandraStoreContract, Open_Again_ShowsWhatWasWritten) {
  const SecretKey candidate{7};
  {
    Result<std::unique_ptr<ClusterStore>> store = OpenStore();
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    EXPECT_TRUE((*store)->health().ok());
    EXPECT_EQ(Run((*store)->meta().GetOrCreateKey("store_contract", candidate)).value(), candidate);
    EXPECT_EQ(Run((*store)->conversations().ReadSnapshot(ConversationId(Uuid(Uuid::Bytes{1})),
                                                         ReadMode::kFresh))
                  .status()
                  .code(),
              StatusCode::kNotFound);
    (*store)->Stop();
    EXPECT_FALSE((*store)->health().ok());
  }
  Result<std::unique_ptr<ClusterStore>> store = OpenStore();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  EXPECT_EQ(Run((*store)->meta().GetOrCreateKey("store_contract", SecretKey{8})).value(),
            candidate);
}

TEST_F(CassandraStoreContract, Session_StatementsHaveNamesOfTheirOwn) {
  Result<std::unique_ptr<ClusterStore>> store = OpenStore();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  std::set<std::string> names;
  for (const StatementStats& statement : (*store)->session().stats().statements) {
    EXPECT_TRUE(names.insert(statement.name).second) << statement.name;
    EXPECT_FALSE(statement.table.empty()) << statement.name;
  }
  EXPECT_GT(names.size(), 30U);
}

TEST_F(CassandraStoreContract, BackUp_SaysWhoDoesIt) {
  Result<std::unique_ptr<ClusterStore>> store = OpenStore();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  const Status status = (*store)->BackUp("/nowhere", std::stop_token());
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("nodetool snapshot"));
}

TEST_F(CassandraStoreContract, Open_NewerSchema_IsRefused) {
  ASSERT_TRUE(OpenStore().ok());
  Result<SchemaState> state = SchemaState::Open(shared->session());
  ASSERT_TRUE(state.ok()) << state.status().ToString();
  ASSERT_TRUE(state->WriteVersion(kSchemaVersion, kSchemaVersion + 1).ok());
  EXPECT_EQ(OpenStore().status().code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(state->WriteVersion(kSchemaVersion + 1, kSchemaVersion).ok());
}

}  // namespace
}  // namespace parley::storage::cassandra
