#include <gtest/gtest.h>

#include "storage/memory/fake_store.h"
#include "storage/testing/store_property.h"

namespace parley::storage {
namespace {

class FakeFactory : public StoreFactory {
 public:
  StoreTraits traits() const override { return {.persistent = false, .local = true}; }
  std::unique_ptr<Store> Open() override { return std::make_unique<memory::FakeStore>(); }
};

TEST(FakeStoreProperty, RandomOperations_ShowWhatTheModelSays) {
  FakeFactory factory;
  CheckRandomOperations(factory);
}

}  // namespace
}  // namespace parley::storage
