#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "runtime/blocking_pool.h"
#include "storage/meta_store.h"
#include "storage/rocks/database.h"
#include "storage/rocks/soft_writer.h"

namespace parley::storage::rocks {

/// The facts about the store, in RocksDB.
class RocksMetaStore : public MetaStore {
 public:
  RocksMetaStore(Database& db, runtime::BlockingPool& pool, SoftWriter& soft_writer)
      : db_(db), pool_(pool), soft_writer_(soft_writer) {}

  runtime::Task<Result<SecretKey>> GetOrCreateKey(std::string name, SecretKey candidate) override;
  runtime::Task<Result<TimePoint>> ReadTime() override;
  runtime::Task<Status> WriteTime(TimePoint now) override;

 private:
  Result<SecretKey> GetOrCreate(std::string_view name, const SecretKey& candidate);
  Result<TimePoint> LatestTime() const;

  Database& db_;
  runtime::BlockingPool& pool_;
  SoftWriter& soft_writer_;
  std::mutex mutex_;  ///< a key is made once
};

}  // namespace parley::storage::rocks
