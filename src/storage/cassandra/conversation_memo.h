#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "model/ids.h"

namespace parley::storage::cassandra {

/// Remembers a number of each of the conversations that were busy lately. Bounded: those whose ids
/// fall on the same place take it from each other, and what is forgotten is asked for again. Any
/// thread.
class ConversationMemo {
 public:
  /// 32 bytes each.
  explicit ConversationMemo(std::size_t places = std::size_t{64} * 1024) : places_(places) {}

  std::optional<std::int64_t> Get(ConversationId conversation) const {
    const std::size_t index = IndexOf(conversation);
    const std::lock_guard lock(MutexOf(index));
    const Place& place = places_[index];
    if (!place.taken || place.conversation != conversation) return std::nullopt;
    return place.number;
  }

  void Set(ConversationId conversation, std::int64_t number) {
    const std::size_t index = IndexOf(conversation);
    const std::lock_guard lock(MutexOf(index));
    places_[index] = {.conversation = conversation, .number = number, .taken = true};
  }

 private:
  struct Place {
    ConversationId conversation;
    std::int64_t number = 0;
    bool taken = false;
  };

  std::size_t IndexOf(ConversationId conversation) const {
    return std::hash<ConversationId>()(conversation) % places_.size();
  }
  std::mutex& MutexOf(std::size_t index) const { return mutexes_[index % mutexes_.size()]; }

  mutable std::array<std::mutex, 16> mutexes_;
  std::vector<Place> places_;  // each guarded by its MutexOf
};

}  // namespace parley::storage::cassandra
