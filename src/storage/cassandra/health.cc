#include "storage/cassandra/health.h"

#include <utility>

#include <fmt/format.h>

#include "base/log.h"

namespace parley::storage::cassandra {

void ClusterHealth::Succeeded() {
  std::size_t failures = 0;
  bool told = false;
  {
    const std::lock_guard lock(mutex_);
    failures = std::exchange(failures_, 0);
    told = std::exchange(told_, false);
  }
  if (log_ != nullptr && told) {
    log_->Info("the database answers again", {{"failures", failures}});
  }
}

void ClusterHealth::Failed(std::string_view statement, std::string_view error, Time now) {
  bool begins = false;
  {
    const std::lock_guard lock(mutex_);
    if (++failures_ == 1) first_failure_ = now;
    last_failure_ = now;
    begins = Fails() && !told_;
    told_ = told_ || begins;
    last_error_ = fmt::format("{} ({})", error, statement);
  }
  if (log_ != nullptr && begins) {
    log_->Error("the database does not take requests",
                {{"statement", statement}, {"error", error}});
  }
}

Status ClusterHealth::Read(Time now) const {
  const std::lock_guard lock(mutex_);
  if (!Fails() || now - last_failure_ > kMemory) return {};
  return Unavailable(fmt::format("the database does not take requests: {}", last_error_));
}

}  // namespace parley::storage::cassandra
