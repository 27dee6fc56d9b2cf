#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>

#include <boost/intrusive/list.hpp>

namespace parley::storage::cached {

/// A map that forgets what was used longest ago when it holds more than `max_bytes`. One thread.
template <class Key, class Value, class Hash>
class Lru {
 public:
  explicit Lru(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  Lru(const Lru&) = delete;
  Lru& operator=(const Lru&) = delete;

  /// Null where there is none. Counts as a use. Valid until the next Put or Erase.
  Value* Find(const Key& key) {
    const auto found = nodes_.find(key);
    if (found == nodes_.end()) return nullptr;
    Node& node = found->second;
    by_use_.splice(by_use_.begin(), by_use_, by_use_.iterator_to(node));
    return &node.value;
  }

  /// What is larger than the whole map is not kept at all.
  void Put(const Key& key, Value value, std::size_t bytes) {
    const auto [at, added] = nodes_.try_emplace(key);
    Node& node = at->second;
    if (added) {
      node.key = &at->first;
      by_use_.push_front(node);
    }
    node.value = std::move(value);
    bytes_ += bytes - node.bytes;
    node.bytes = bytes;
    Find(key);
    while (bytes_ > max_bytes_) Remove(by_use_.back());
  }

  void Erase(const Key& key) {
    if (const auto found = nodes_.find(key); found != nodes_.end()) Remove(found->second);
  }

  void Clear() {
    by_use_.clear();
    nodes_.clear();
    bytes_ = 0;
  }

  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return nodes_.size(); }

 private:
  struct Node : boost::intrusive::list_base_hook<> {
    const Key* key = nullptr;  ///< where the map keeps it
    Value value{};
    std::size_t bytes = 0;
  };

  void Remove(Node& node) {
    bytes_ -= node.bytes;
    by_use_.erase(by_use_.iterator_to(node));
    const Key key = *node.key;  // a copy: the node owns what `node.key` points to
    nodes_.erase(key);
  }

  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::unordered_map<Key, Node, Hash> nodes_;
  boost::intrusive::list<Node> by_use_;  // the last used first
};

}  // namespace parley::storage::cached
