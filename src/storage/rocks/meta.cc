#include "storage/rocks/meta.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <rocksdb/write_batch.h>

#include "storage/rocks/merges.h"

namespace parley::storage::rocks {
namespace {

constexpr std::string_view kTimeKey = "time";
constexpr std::string_view kSecretPrefix = "key/";

}  // namespace

runtime::Task<Result<SecretKey>> RocksMetaStore::GetOrCreateKey(std::string name,
                                                                SecretKey candidate) {
  return pool_.Run(
      [this, name = std::move(name), candidate] { return GetOrCreate(name, candidate); });
}

runtime::Task<Result<TimePoint>> RocksMetaStore::ReadTime() {
  return pool_.Run([this] { return LatestTime(); });
}

runtime::Task<Status> RocksMetaStore::WriteTime(TimePoint now) {
  std::vector<RowMerge> times;
  times.push_back(
      {.family = Family::kMeta, .key = std::string(kTimeKey), .value = EncodeTime(now)});
  return soft_writer_.Merge(std::move(times));
}

Result<SecretKey> RocksMetaStore::GetOrCreate(std::string_view name, const SecretKey& candidate) {
  const std::lock_guard lock(mutex_);
  const std::string row = std::string(kSecretPrefix).append(name);
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kMeta, row, value));
  if (found) {
    SecretKey key;
    if (value.size() != key.size()) return DataLoss("a stored key has the wrong length");
    std::ranges::copy(value.ToStringView(), key.begin());
    return key;
  }
  rocksdb::WriteBatch batch;
  const std::string_view bytes(reinterpret_cast<const char*>(candidate.data()), candidate.size());
  batch.Put(db_.family(Family::kMeta), row, bytes).PermitUncheckedError();
  PARLEY_TRY(ToStatus(db_.Write(batch, Durability::kSynced)));
  return candidate;
}

Result<TimePoint> RocksMetaStore::LatestTime() const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kMeta, kTimeKey, value));
  if (!found) return TimePoint();
  const std::optional<TimePoint> time = DecodeTime(value.ToStringView());
  if (!time) return DataLoss("the stored time cannot be read");
  return *time;
}

}  // namespace parley::storage::rocks
