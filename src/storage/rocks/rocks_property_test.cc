#include <cstdlib>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "runtime/blocking_pool.h"
#include "storage/cached/cached_store.h"
#include "storage/rocks/rocks_store.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/store_property.h"

namespace parley::storage {
namespace {

/// Small buffers: rows are in memory, in files, and merged from both.
class RocksFactory : public StoreFactory {
 public:
  StoreTraits traits() const override { return {.persistent = true, .local = true}; }
  std::unique_ptr<Store> Open() override {
    Result<std::unique_ptr<Store>> store = rocks::Open({.path = folder_.path(),
                                                        .reads = pool_,
                                                        .write_buffer_bytes = 64'000,
                                                        .min_free_bytes = 0});
    if (!store.ok()) std::abort();  // nothing to test
    return *std::move(store);
  }

 private:
  rocks::ScratchFolder folder_;
  runtime::BlockingPool pool_{2, 1'000};
};

/// The store as the server has it: with the cache in front.
class CachedRocksStore : public Store {
 public:
  explicit CachedRocksStore(std::unique_ptr<Store> rocks)
      : rocks_(std::move(rocks)), cached_(*rocks_) {}
  ConversationStore& conversations() override { return cached_.conversations(); }
  AccountStore& accounts() override { return cached_.accounts(); }
  AdminStore& admin() override { return cached_.admin(); }
  MetaStore& meta() override { return cached_.meta(); }
  CommitStats commit_stats() const override { return cached_.commit_stats(); }
  std::uint64_t disk_bytes() const override { return cached_.disk_bytes(); }
  void Stop() override { cached_.Stop(); }
  Status health() const override { return cached_.health(); }
  Status BackUp(const std::string& folder, const std::stop_token& stop) override {
    return cached_.BackUp(folder, stop);
  }

 private:
  std::unique_ptr<Store> rocks_;
  cached::CachedStore cached_;
};

class CachedRocksFactory : public RocksFactory {
 public:
  std::unique_ptr<Store> Open() override {
    return std::make_unique<CachedRocksStore>(RocksFactory::Open());
  }
};

TEST(RocksStoreProperty, RandomOperations_ShowWhatTheModelSays) {
  RocksFactory factory;
  CheckRandomOperations(factory);
}

TEST(RocksStoreProperty, BehindTheCache_TheSame) {
  CachedRocksFactory factory;
  CheckRandomOperations(factory);
}

}  // namespace
}  // namespace parley::storage
