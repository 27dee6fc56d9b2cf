#include <cstdlib>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "storage/cassandra/account_stores.h"
#include "storage/cassandra/testing/account_keyspace.h"
#include "storage/testing/store_contract.h"

// The contracts of accounts, administration and meta, on three real nodes.
namespace parley::storage {
namespace {

[[maybe_unused]] const testing::Environment* const kKeyspace =
    testing::AddGlobalTestEnvironment(new cassandra::AccountKeyspace());

[[noreturn]] void Die(const Status& status) {
  fmt::print(stderr, "{}\n", status.ToString());
  std::abort();  // no test can do without
}

/// The stores of people alone.
class PeopleStore : public Store {
 public:
  explicit PeopleStore(std::unique_ptr<cassandra::AccountStores> stores)
      : stores_(std::move(stores)) {}

  ConversationStore& conversations() override { Die(Internal("these are people alone")); }
  AccountStore& accounts() override { return stores_->accounts(); }
  AdminStore& admin() override { return stores_->admin(); }
  MetaStore& meta() override { return stores_->meta(); }
  CommitStats commit_stats() const override { return {}; }
  std::uint64_t disk_bytes() const override { return 0; }
  Status health() const override { return Status::Ok(); }
  Status BackUp(const std::string& /*folder*/, const std::stop_token& /*stop*/) override {
    return Unavailable("these are people alone");
  }
  void Stop() override {}

 private:
  std::unique_ptr<cassandra::AccountStores> stores_;
};

class CassandraFactory : public StoreFactory {
 public:
  CassandraFactory() {
    if (cassandra::AccountKeyspace::session() == nullptr) Die(Internal("there is no cluster"));
    if (const Status emptied = cassandra::AccountKeyspace::Truncate(); !emptied.ok()) Die(emptied);
  }

  StoreTraits traits() const override { return {.persistent = true, .local = false}; }

  std::unique_ptr<Store> Open() override {
    Result<std::unique_ptr<cassandra::AccountStores>> stores =
        cassandra::AccountStores::Open(*cassandra::AccountKeyspace::session(), clock_);
    if (!stores.ok()) Die(stores.status());
    return std::make_unique<PeopleStore>(*std::move(stores));
  }

 private:
  SystemClock clock_;
};

[[maybe_unused]] const bool kLinked = LinkStoreContract();
const MakeStoreFactory kMakeCassandra = [] { return std::make_unique<CassandraFactory>(); };
INSTANTIATE_TEST_SUITE_P(Cassandra, AccountContract, ::testing::Values(kMakeCassandra));
INSTANTIATE_TEST_SUITE_P(Cassandra, MetaContract, ::testing::Values(kMakeCassandra));
INSTANTIATE_TEST_SUITE_P(Cassandra, AdminContract, ::testing::Values(kMakeCassandra));
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LogContract);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EffectsContract);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PeopleContract);

}  // namespace
}  // namespace parley::storage
