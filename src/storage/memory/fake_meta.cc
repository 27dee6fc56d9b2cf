#include "storage/memory/fake_meta.h"

#include <algorithm>

namespace parley::storage::memory {

runtime::Task<Result<SecretKey>> FakeMeta::GetOrCreateKey(std::string name, SecretKey candidate) {
  const std::lock_guard lock(mutex_);
  co_return keys_.try_emplace(std::move(name), candidate).first->second;
}

runtime::Task<Result<TimePoint>> FakeMeta::ReadTime() {
  const std::lock_guard lock(mutex_);
  co_return time_;
}

runtime::Task<Status> FakeMeta::WriteTime(TimePoint now) {
  const std::lock_guard lock(mutex_);
  time_ = std::max(time_, now);
  co_return Status::Ok();
}

}  // namespace parley::storage::memory
