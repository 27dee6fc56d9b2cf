#include "gateway/feeds.h"

#include <algorithm>

namespace parley::gateway {

Feed& Feeds::operator[](ConversationId conversation) {
  const auto [it, made] = moving_.try_emplace(conversation);
  if (made) {
    if (const std::optional<Seq> seq = TakeSilent(conversation)) it->second.LevelAt(*seq);
  }
  return it->second;
}

Feed* Feeds::Find(ConversationId conversation) {
  const auto it = moving_.find(conversation);
  if (it != moving_.end()) return &it->second;
  return IsSilent(conversation) ? &(*this)[conversation] : nullptr;
}

bool Feeds::contains(ConversationId conversation) const {
  return moving_.contains(conversation) || IsSilent(conversation);
}

void Feeds::Erase(ConversationId conversation) {
  moving_.erase(conversation);
  TakeSilent(conversation);
}

void Feeds::clear() {
  moving_.clear();
  silent_ = {};
}

void Feeds::LevelAt(Levels levels) {
  if (!std::ranges::is_sorted(levels)) std::ranges::sort(levels);
  // Those of an earlier resume, which this one may not name.
  for (const auto& [conversation, seq] : std::exchange(silent_, {})) {
    if (seq != kMoved) moving_[conversation].LevelAt(seq);
  }
  if (!moving_.empty()) {
    std::erase_if(levels, [this](const std::pair<ConversationId, Seq>& level) {
      const auto it = moving_.find(level.first);
      if (it != moving_.end()) it->second.LevelAt(level.second);
      return it != moving_.end();
    });
  }
  silent_ = std::move(levels);
}

Feeds::Levels::const_iterator Feeds::FindSilent(ConversationId conversation) const {
  const auto at = std::ranges::lower_bound(silent_, conversation, {}, &Levels::value_type::first);
  const bool found = at != silent_.end() && at->first == conversation && at->second != kMoved;
  return found ? at : silent_.end();
}

std::optional<Seq> Feeds::TakeSilent(ConversationId conversation) {
  const auto at = FindSilent(conversation);
  if (at == silent_.end()) return std::nullopt;
  Seq& seq = silent_[static_cast<std::size_t>(at - silent_.begin())].second;
  return std::exchange(seq, kMoved);
}

}  // namespace parley::gateway
