#include <memory>

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
  explicit CachedFakeStore(const cached::CacheOptions& options) : cached_(fake_, options) {}
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
  explicit CachedFakeFactory(const cached::CacheOptions& options) : options_(options) {}
  StoreTraits traits() const override { return {.persistent = false, .local = true}; }
  std::unique_ptr<Store> Open() override { return std::make_unique<CachedFakeStore>(options_); }

 private:
  const cached::CacheOptions options_;
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

TEST(CachedStoreProperty, RandomOperations_ShowWhatTheModelSays) {
  CachedFakeFactory factory{cached::CacheOptions()};
  CheckRandomOperations(factory);
}

TEST(CachedStoreProperty, WithTooLittleRoom_TheSame) {
  CachedFakeFactory factory(kTiny);
  CheckRandomOperations(factory);
}

}  // namespace
}  // namespace parley::storage
