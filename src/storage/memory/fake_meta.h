#pragma once

#include <map>
#include <mutex>
#include <string>

#include "storage/meta_store.h"

namespace parley::storage::memory {

/// The MetaStore of FakeStore.
class FakeMeta : public MetaStore {
 public:
  runtime::Task<Result<SecretKey>> GetOrCreateKey(std::string name, SecretKey candidate) override;
  runtime::Task<Result<TimePoint>> ReadTime() override;
  runtime::Task<Status> WriteTime(TimePoint now) override;

 private:
  std::mutex mutex_;
  std::map<std::string, SecretKey> keys_;  // guarded by mutex_
  TimePoint time_;                         // guarded by mutex_
};

}  // namespace parley::storage::memory
