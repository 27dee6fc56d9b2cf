#include <cstdlib>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/blocking_pool.h"
#include "storage/rocks/rocks_store.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/store_contract.h"

namespace parley::storage {
namespace {

class RocksFactory : public StoreFactory {
 public:
  explicit RocksFactory(std::size_t write_buffer_bytes) : write_buffer_bytes_(write_buffer_bytes) {}

  StoreTraits traits() const override { return {.persistent = true, .local = true}; }

  std::unique_ptr<Store> Open() override {
    Result<std::unique_ptr<Store>> store =
        rocks::Open({.path = folder_.path() / "store",
                     .reads = pool_,
                     .write_buffer_bytes = write_buffer_bytes_,
                     .on_fatal = [](std::string_view what) { ADD_FAILURE() << what; }});
    if (!store.ok()) {
      fmt::print(stderr, "{}\n", store.status().ToString());
      std::abort();  // no test can do without
    }
    return *std::move(store);
  }

 private:
  const std::size_t write_buffer_bytes_;
  rocks::ScratchFolder folder_;
  runtime::BlockingPool pool_{2, 10'000};
};

PARLEY_INSTANTIATE_STORE_CONTRACT(Rocks, [] {
  return std::make_unique<RocksFactory>(std::size_t{64} * 1024 * 1024);
});

/// With buffers so small that rows go to files all the time: reads then meet filters, blocks and
/// compactions.
PARLEY_INSTANTIATE_STORE_CONTRACT(RocksInFiles, [] {
  return std::make_unique<RocksFactory>(std::size_t{128} * 1024);
});

}  // namespace
}  // namespace parley::storage
