#include "metrics/server_history.h"

namespace parley::metrics {

void ServerHistory::Add(const ServerSample& sample) {
  const std::lock_guard lock(mutex_);
  if (samples_.size() == kCapacity) samples_.pop_front();
  samples_.push_back(sample);
}

std::vector<ServerSample> ServerHistory::Read() const {
  const std::lock_guard lock(mutex_);
  return {samples_.begin(), samples_.end()};
}

std::chrono::milliseconds ServerHistory::uptime() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start_);
}

}  // namespace parley::metrics
