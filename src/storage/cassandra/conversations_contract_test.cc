#include <cstdlib>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/cassandra/testing/conversation_cluster.h"
#include "storage/testing/store_contract.h"
#include "storage/testing/store_property.h"

namespace parley::storage {

// Only conversations are opened here.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(AccountContract);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MetaContract);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(AdminContract);

void LinkLogContract();
void LinkEffectsContract();
void LinkPeopleContract();

namespace {

class ConversationsAlone : public Store {
 public:
  ConversationStore& conversations() override { return *conversations_; }
  AccountStore& accounts() override { return Nothing<AccountStore>(); }
  AdminStore& admin() override { return Nothing<AdminStore>(); }
  MetaStore& meta() override { return Nothing<MetaStore>(); }
  CommitStats commit_stats() const override { return conversations_->commit_stats(); }
  std::uint64_t disk_bytes() const override { return 0; }
  Status health() const override { return Status::Ok(); }
  Status BackUp(const std::string& /*folder*/, const std::stop_token& /*stop*/) override {
    return Unavailable("conversations alone");
  }
  void Stop() override { conversations_->Stop(); }

 private:
  template <class T>
  T& Nothing() {
    fmt::print(stderr, "there is no more than conversations here\n");
    std::abort();
  }

  SystemClock clock_;
  std::unique_ptr<cassandra::Conversations> conversations_ =
      cassandra::OpenConversations(cassandra::ConversationCluster(), clock_);
};

class CassandraFactory : public StoreFactory {
 public:
  StoreTraits traits() const override { return {.persistent = true, .local = false}; }
  std::unique_ptr<Store> Open() override { return std::make_unique<ConversationsAlone>(); }
};

const MakeStoreFactory kMakeCassandra = [] { return std::make_unique<CassandraFactory>(); };

[[maybe_unused]] const bool kLinked = [] {
  LinkLogContract();
  LinkEffectsContract();
  LinkPeopleContract();
  return true;
}();

INSTANTIATE_TEST_SUITE_P(Cassandra, LogContract, ::testing::Values(kMakeCassandra));
INSTANTIATE_TEST_SUITE_P(Cassandra, EffectsContract, ::testing::Values(kMakeCassandra));
INSTANTIATE_TEST_SUITE_P(Cassandra, PeopleContract, ::testing::Values(kMakeCassandra));

TEST(ConversationsProperty, RandomOperations_ShowWhatTheModelSays) {
  // Each takes seconds on a cluster; who wants more says so.
  ASSERT_EQ(setenv("RC_PARAMS", "max_success=10", 0), 0);
  CassandraFactory factory;
  CheckRandomOperations(factory);
}

}  // namespace
}  // namespace parley::storage
