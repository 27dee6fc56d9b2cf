#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "storage/cached/cached_store.h"
#include "storage/memory/fake_store.h"
#include "storage/testing/store_contract.h"
#include "storage/testing/store_property.h"

namespace parley::storage {
namespace {

/// A cached store together with the fake beneath it.
class CachedFakeStore : public Store {
 public:
  CachedFakeStore(const cached::CacheOptions& options,
                  const std::optional<cached::SharedStore>& shared)
      : cached_(fake_, options, shared) {}
  ConversationStore& conversations() override { return cached_.conversations(); }
  AccountStore& accounts() override { return cached_.accounts(); }
  AdminStore& admin() override { return cached_.admin(); }
  MetaStore& meta() override { return cached_.meta(); }
  CommitStats commit_stats() const override { return cached_.commit_stats(); }
  std::uint64_t disk_bytes() const override { return cached_.disk_bytes(); }
  Status health() const override { return cached_.health(); }
  Status BackUp(const std::string& folder, const std::stop_token& stop) override {
    return cached_.BackUp(folder, stop);
  }
  void Stop() override { cached_.Stop(); }

 private:
  memory::FakeStore fake_;
  cached::CachedStore cached_;
};

class CachedFakeFactory : public StoreFactory {
 public:
  explicit CachedFakeFactory(const cached::CacheOptions& options,
                             std::optional<cached::SharedStore> shared = std::nullopt)
      : options_(options), shared_(std::move(shared)) {}
  StoreTraits traits() const override { return {.persistent = false, .local = true}; }
  std::unique_ptr<Store> Open() override {
    return std::make_unique<CachedFakeStore>(options_, shared_);
  }

 private:
  const cached::CacheOptions options_;
  const std::optional<cached::SharedStore> shared_;
};

/// Room for a few entries in each cache, so that the suite meets evictions everywhere.
constexpr cached::CacheOptions kTiny{.snapshots_bytes = 16'384,
                                     .memberships_bytes = 16'384,
                                     .entries_bytes = 65'536,
                                     .users_bytes = 16'384,
                                     .sessions_bytes = 16'384};
constexpr cached::CacheOptions kNone{.snapshots_bytes = 0,
                                     .memberships_bytes = 0,
                                     .entries_bytes = 0,
                                     .users_bytes = 0,
                                     .sessions_bytes = 0};

PARLEY_INSTANTIATE_STORE_CONTRACT(Cached, [] {
  return std::make_unique<CachedFakeFactory>(cached::CacheOptions());
});
PARLEY_INSTANTIATE_STORE_CONTRACT(CachedTiny,
                                  [] { return std::make_unique<CachedFakeFactory>(kTiny); });
PARLEY_INSTANTIATE_STORE_CONTRACT(CachedNone,
                                  [] { return std::make_unique<CachedFakeFactory>(kNone); });
PARLEY_INSTANTIATE_STORE_CONTRACT(CachedShared, [] {
  return std::make_unique<CachedFakeFactory>(cached::CacheOptions(), cached::SharedStore());
});
PARLEY_INSTANTIATE_STORE_CONTRACT(CachedSharedTiny, [] {
  return std::make_unique<CachedFakeFactory>(kTiny, cached::SharedStore());
});

TEST(CachedStoreProperty, RandomOperations_ShowWhatTheModelSays) {
  CachedFakeFactory factory{cached::CacheOptions()};
  CheckRandomOperations(factory);
}

TEST(CachedStoreProperty, WithTooLittleRoom_TheSame) {
  CachedFakeFactory factory(kTiny);
  CheckRandomOperations(factory);
}

TEST(CachedStoreProperty, OnASharedStore_TheSame) {
  CachedFakeFactory factory{cached::CacheOptions(), cached::SharedStore()};
  CheckRandomOperations(factory);
}

}  // namespace
}  // namespace parley::storage
