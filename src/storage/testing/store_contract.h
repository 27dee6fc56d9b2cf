#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/store.h"
#include "storage/testing/log_builder.h"

namespace parley::storage {

/// What one kind of store promises beyond the interface.
struct StoreTraits {
  bool persistent = false;  ///< opened again, it shows what it held
  bool local = false;       ///< entries and effects are one write; commits are counted
};

/// Makes the store under test. A factory of its own, with nothing in its stores, is made for each
/// test.
class StoreFactory {
 public:
  virtual ~StoreFactory() = default;
  virtual StoreTraits traits() const = 0;
  /// Opens the store; the one opened before is stopped and gone by then.
  virtual std::unique_ptr<Store> Open() = 0;
};

using MakeStoreFactory = std::function<std::unique_ptr<StoreFactory>()>;

/// The ground of the contract suites: a store, open, and a shard driven by hand to await it on.
class StoreContract : public ::testing::TestWithParam<MakeStoreFactory> {
 protected:
  StoreContract() : factory_(GetParam()()), store_(factory_->Open()) {}
  ~StoreContract() override { Close(); }

  Store& store() { return *store_; }
  ConversationStore& conversations() { return store_->conversations(); }
  AccountStore& accounts() { return store_->accounts(); }
  AdminStore& admin() { return store_->admin(); }
  MetaStore& meta() { return store_->meta(); }
  StoreTraits traits() const { return factory_->traits(); }

  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  /// Only where traits().persistent.
  void Reopen();

  // -- Shorthands ---------------------------------------------------------------------------------

  AppendOutcome Append(std::shared_ptr<const AppendRequest> request);
  /// Appends what the builder gathered; expects it to be committed.
  void Commit(LogBuilder& log);

  std::vector<EntryPtr> Entries(ConversationId id, Seq after = Seq(), std::size_t limit = 1'000,
                                std::size_t max_bytes = 1'000'000);
  /// Null where there is none; expects kCached and kFresh to agree.
  SnapshotPtr Snapshot(ConversationId id);
  std::optional<Membership> FindMembership(UserId user, ConversationId id);
  /// By conversation id.
  std::vector<Membership> Memberships(UserId user);
  Position PositionOf(ConversationId id, const Member& member);
  void Write(std::vector<PositionRow> rows);

  /// Expects the store to show the conversation as the builder has it: entries, snapshot,
  /// memberships.
  void ExpectShows(const LogBuilder& log);

 private:
  void Close();

  std::unique_ptr<StoreFactory> factory_;
  runtime::Shard shard_;
  std::unique_ptr<Store> store_;
};

class LogContract : public StoreContract {};
class EffectsContract : public StoreContract {};
class PeopleContract : public StoreContract {};
class AccountContract : public StoreContract {};
class MetaContract : public StoreContract {};
class AdminContract : public StoreContract {};

/// Keeps the linker from leaving the suites out of a test program that only instantiates them.
bool LinkStoreContract();

}  // namespace parley::storage

/// Runs the whole contract on the stores of a factory. Inside namespace parley::storage:
///
///   PARLEY_INSTANTIATE_STORE_CONTRACT(Fake, [] { return std::make_unique<FakeFactory>(); });
#define PARLEY_INSTANTIATE_STORE_CONTRACT(name, ...)                               \
  [[maybe_unused]] const bool kLinked##name = LinkStoreContract();                 \
  const MakeStoreFactory kMake##name = __VA_ARGS__;                                \
  INSTANTIATE_TEST_SUITE_P(name, LogContract, ::testing::Values(kMake##name));     \
  INSTANTIATE_TEST_SUITE_P(name, EffectsContract, ::testing::Values(kMake##name)); \
  INSTANTIATE_TEST_SUITE_P(name, PeopleContract, ::testing::Values(kMake##name));  \
  INSTANTIATE_TEST_SUITE_P(name, AccountContract, ::testing::Values(kMake##name)); \
  INSTANTIATE_TEST_SUITE_P(name, MetaContract, ::testing::Values(kMake##name));    \
  INSTANTIATE_TEST_SUITE_P(name, AdminContract, ::testing::Values(kMake##name))
