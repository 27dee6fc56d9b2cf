#include <memory>

#include <gtest/gtest.h>

#include "storage/cached/cached_store.h"
#include "storage/cached/redis/shared_cache_store.h"
#include "storage/memory/fake_store.h"
#include "storage/testing/fake_remote_cache.h"
#include "storage/testing/store_contract.h"
#include "storage/testing/store_property.h"

namespace parley::storage {
namespace {

enum class Weather { kFair, kDead };

/// Both layers of caches on a fake, with a shared cache that is in memory as well.
class StackedStore : public Store {
 public:
  explicit StackedStore(Weather weather) {
    if (weather == Weather::kDead) cache_.Die();
  }
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
  cached::FakeRemoteCache cache_;
  cached::SharedCacheStore remote_{fake_, cache_};
  cached::CachedStore cached_{remote_, {}, cached::SharedStore()};
};

class StackedFactory : public StoreFactory {
 public:
  explicit StackedFactory(Weather weather) : weather_(weather) {}
  StoreTraits traits() const override { return {.persistent = false, .local = true}; }
  std::unique_ptr<Store> Open() override { return std::make_unique<StackedStore>(weather_); }

 private:
  const Weather weather_;
};

PARLEY_INSTANTIATE_STORE_CONTRACT(SharedCache,
                                  [] { return std::make_unique<StackedFactory>(Weather::kFair); });
PARLEY_INSTANTIATE_STORE_CONTRACT(DeadSharedCache,
                                  [] { return std::make_unique<StackedFactory>(Weather::kDead); });

TEST(SharedCacheProperty, RandomOperations_ShowWhatTheModelSays) {
  StackedFactory factory(Weather::kFair);
  CheckRandomOperations(factory);
}

}  // namespace
}  // namespace parley::storage
