#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/feed.h"
#include "model/ids.h"

namespace parley::gateway {

/// The feeds of one session, by their conversations.
///
/// After a resume most of them are level and silent: of those it holds the seq alone, all in one
/// block, and makes a Feed of one when somebody asks for it. Feeds stay where they are until they
/// are erased. One thread.
class Feeds {
 public:
  using Levels = std::vector<std::pair<ConversationId, Seq>>;

  /// The feed, or a new one that has heard of nothing.
  Feed& operator[](ConversationId conversation);
  /// Null if there is none.
  Feed* Find(ConversationId conversation);
  bool contains(ConversationId conversation) const;
  void Erase(ConversationId conversation);
  void clear();
  /// How many there are at most.
  std::size_t size() const { return moving_.size() + silent_.size(); }

  /// Feed::LevelAt for all of them; each conversation once.
  void LevelAt(Levels levels);

  /// Calls visit(conversation, feed) for each that may have something to tell.
  template <class Visit>
  void VisitMoving(Visit visit) const {
    for (const auto& [conversation, feed] : moving_) visit(conversation, feed);
  }
  /// Calls visit(conversation, seq) for each whose client holds all that is its to hold up to
  /// `seq`, as far as is known: not for doubtful ones.
  template <class Visit>
  void VisitSent(Visit visit) const {
    for (const auto& [conversation, feed] : moving_) {
      if (!feed.doubtful()) visit(conversation, feed.sent());
    }
    for (const auto& [conversation, seq] : silent_) {
      if (seq != kMoved) visit(conversation, seq);
    }
  }

 private:
  /// In place of the seq of one that has a Feed now, or is erased.
  static constexpr Seq kMoved{~std::uint64_t{0}};

  /// Its place among the silent ones, or their end.
  Levels::const_iterator FindSilent(ConversationId conversation) const;
  bool IsSilent(ConversationId conversation) const {
    return FindSilent(conversation) != silent_.end();
  }
  /// What it was level at; nothing if it was not silent. From here on it is not.
  std::optional<Seq> TakeSilent(ConversationId conversation);

  std::unordered_map<ConversationId, Feed> moving_;
  Levels silent_;  ///< in the order of the conversations
};

}  // namespace parley::gateway
