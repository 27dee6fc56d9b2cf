#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "chat/client_id_time.h"
#include "chat/fifo.h"
#include "model/entry.h"

namespace parley::chat {

/// The last entries of a log, without holes. Bounded in number and bytes.
class RecentEntries {
 public:
  static constexpr std::size_t kCapacity = 256;

  /// Of text, about. The last entry stays whatever its size.
  static constexpr std::size_t kMaxTextBytes = std::size_t{256} * 1024;

  /// The next entry of the log.
  void Push(std::shared_ptr<const Entry> entry) {
    text_bytes_ += TextBytes(*entry);
    entries_.push_back(std::move(entry));
    while (entries_.size() > kCapacity || (text_bytes_ > kMaxTextBytes && entries_.size() > 1)) {
      text_bytes_ -= TextBytes(*entries_.front());
      entries_.pop_front();
    }
  }

  /// Null where it is not (or no more) among them.
  std::shared_ptr<const Entry> Find(Seq seq) const {
    if (entries_.empty() || seq < entries_.front()->seq || seq > entries_.back()->seq)
      return nullptr;
    return entries_[seq.value() - entries_.front()->seq.value()];
  }

 private:
  static std::size_t TextBytes(const Entry& entry) {
    return entry.is_message() ? entry.message().text.size() : 0;
  }

  Fifo<std::shared_ptr<const Entry>> entries_;
  std::size_t text_bytes_ = 0;
};

/// The last sends of a conversation, by sender and client_id: what answers most retries without a
/// look into the store. Bounded by Trim: it forgets the oldest.
class SentWindow {
 public:
  static constexpr std::size_t kCapacity = 1'024;

  struct Sent {
    Seq seq;
    Fingerprint fingerprint{};
  };

  void Add(UserId sender, ClientId client_id, const Sent& sent) {
    const Key key{sender, client_id};
    if (!sent_.emplace(key, sent).second) return;
    order_.push_back(key);
  }

  /// There are earlier sends, whose client_ids were made until then (Head::client_ids_until).
  void SetEarlier(std::optional<TimePoint> until) {
    complete_ = false;
    earlier_until_ = until;
  }

  /// Forgets what is beyond the capacity, but nothing behind `committed`: the store does not know
  /// it yet, so that its retry would be taken for a new message.
  void Trim(Seq committed, TimePoint now) {
    while (order_.size() > kCapacity) {
      const auto oldest = sent_.find(order_.front());
      if (oldest->second.seq > committed) return;
      if (complete_) SetEarlier(TimePoint());
      const std::optional<TimePoint> made = CountedTime(oldest->first.second, now);
      if (earlier_until_ && made) earlier_until_ = std::max(*earlier_until_, *made);
      sent_.erase(oldest);
      order_.pop_front();
    }
  }

  std::optional<Sent> Find(UserId sender, ClientId client_id) const {
    const auto it = sent_.find(Key{sender, client_id});
    return it == sent_.end() ? std::nullopt : std::optional<Sent>(it->second);
  }

  /// Whether a send that it does not hold is certainly new: it holds every send of the
  /// conversation, or the client_id was made later than those of all that it does not hold.
  bool IsNew(ClientId client_id, TimePoint now) const {
    return complete_ || (earlier_until_ && IsMadeAfter(client_id, *earlier_until_, now));
  }

 private:
  using Key = std::pair<UserId, ClientId>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<UserId>()(key.first) * 31 + std::hash<ClientId>()(key.second);
    }
  };

  boost::unordered_flat_map<Key, Sent, KeyHash> sent_;
  Fifo<Key> order_;
  bool complete_ = true;
  std::optional<TimePoint> earlier_until_;  ///< nothing: not known
};

}  // namespace parley::chat
