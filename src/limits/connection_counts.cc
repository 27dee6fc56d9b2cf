#include "limits/connection_counts.h"

#include <functional>
#include <string_view>

namespace parley::limits {

bool ConnectionCounts::Enter(const Key& key) {
  if (most_ == 0) return true;
  const std::lock_guard lock(mutex_);
  const auto [count, added] = counts_.try_emplace(key, 0);
  if (count->second >= most_) return false;
  ++count->second;
  return true;
}

void ConnectionCounts::Leave(const Key& key) {
  if (most_ == 0) return;
  const std::lock_guard lock(mutex_);
  const auto count = counts_.find(key);
  if (count != counts_.end() && --count->second == 0) counts_.erase(count);
}

std::size_t ConnectionCounts::size() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

std::size_t ConnectionCounts::Hash::operator()(const Key& key) const {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(key.data()), key.size()});
}

}  // namespace parley::limits
