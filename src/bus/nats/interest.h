#pragma once

#include <cassert>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "bus/nats/link.h"

namespace parley::bus {

/// Which shards want what is published about each Key (an id): the process subscribes to a subject
/// for the first, and ends that with the last. Any thread.
template <class Key>
class Interest {
 public:
  /// `prefix` and the key's text make the subject.
  Interest(Link& link, std::string prefix, std::size_t shards)
      : link_(link), prefix_(std::move(prefix)), shards_(shards) {}

  const std::string& prefix() const { return prefix_; }
  std::string SubjectOf(const Key& key) const { return prefix_ + key.ToString(); }
  /// The key of a subject; nothing of another kind of subject.
  std::optional<Key> KeyOf(std::string_view subject) const {
    if (!subject.starts_with(prefix_)) return std::nullopt;
    return Key::Parse(subject.substr(prefix_.size()));
  }

  void Add(const Key& key, std::size_t shard, const Link::HandlerPtr& handler) {
    const std::lock_guard lock(mutex_);
    const auto [it, fresh] = entries_.try_emplace(key);
    Entry& entry = it->second;
    if (fresh) {
      entry.counts.resize(shards_);
      entry.ticket = link_.Subscribe(SubjectOf(key), handler);
    }
    ++entry.counts[shard];
    ++entry.total;
  }

  void Remove(const Key& key, std::size_t shard) {
    const std::lock_guard lock(mutex_);
    const auto it = entries_.find(key);
    assert(it != entries_.end());
    --it->second.counts[shard];
    if (--it->second.total > 0) return;
    link_.Unsubscribe(it->second.ticket);
    entries_.erase(it);
  }

  /// Calls `each(shard)` for every shard that wants the key.
  template <class Each>
  void ForShards(const Key& key, const Each& each) const {
    std::vector<std::size_t> found;
    {
      const std::lock_guard lock(mutex_);
      const auto it = entries_.find(key);
      if (it == entries_.end()) return;
      found.reserve(shards_);
      for (std::size_t i = 0; i < shards_; ++i) {
        if (it->second.counts[i] > 0) found.push_back(i);
      }
    }
    for (const std::size_t shard : found) each(shard);
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }

 private:
  struct Entry {
    Link::Ticket ticket = 0;
    std::uint32_t total = 0;
    std::vector<std::uint32_t> counts;  // by shard
  };

  Link& link_;
  const std::string prefix_;
  const std::size_t shards_;
  mutable std::mutex mutex_;
  boost::unordered_flat_map<Key, Entry, std::hash<Key>> entries_;  // guarded by mutex_
};

}  // namespace parley::bus
