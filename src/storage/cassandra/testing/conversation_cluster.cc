#include "storage/cassandra/testing/conversation_cluster.h"

#include <cstdlib>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/cassandra/log_tables.h"
#include "storage/cassandra/testing/test_cluster.h"

namespace parley::storage::cassandra {
namespace {

/// No test can do without.
template <class T>
T OrExit(Result<T> result) {
  if (!result.ok()) {
    fmt::print(stderr, "{}\n", result.status().ToString());
    std::exit(1);
  }
  return *std::move(result);
}

std::unique_ptr<TestKeyspace>& Keyspace() {
  static std::unique_ptr<TestKeyspace> keyspace;
  return keyspace;
}

class DropsKeyspace : public ::testing::Environment {
 public:
  void TearDown() override { Keyspace() = nullptr; }
};

[[maybe_unused]] const ::testing::Environment* const kDropsKeyspace =
    ::testing::AddGlobalTestEnvironment(new DropsKeyspace);

}  // namespace

Session& ConversationCluster() {
  if (Keyspace() == nullptr) {
    Keyspace() = OrExit(TestKeyspace::Create());
    for (const std::string_view table : LogTables()) {
      OrExit(Keyspace()->session().Run(std::string(table)));
    }
  }
  return Keyspace()->session();
}

std::unique_ptr<Session> AnotherSession() {
  return OrExit(Session::Connect(ConversationCluster().options()));
}

std::unique_ptr<Conversations> OpenConversations(Session& session, Clock& clock,
                                                 ConversationOptions options) {
  return OrExit(Conversations::Open(session, clock, options));
}

}  // namespace parley::storage::cassandra
