#include "client/cli/chat/timeline.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "client/cli/text.h"

namespace parley::client::cli::chat {
namespace {

constexpr std::string_view kTab = "    ";

std::string Body(std::string_view raw) {
  std::string text;
  for (const char c : ForTerminal(raw)) {
    if (c == '\t') {
      text += kTab;
    } else {
      text += c;
    }
  }
  return text;
}

std::string TextOf(const Message& message) {
  if (message.deleted) return "deleted";
  std::string text = Body(message.text);
  if (message.media_count > 0) {
    const char* plural = message.media_count == 1 ? "" : "s";
    text +=
        fmt::format("{}[{} attachment{}]", text.empty() ? "" : "\n", message.media_count, plural);
  }
  return text;
}

}  // namespace

Entry EntryOf(const Message& message) {
  Entry entry{message.seq,     message.sender_id, message.sent_at, message.client_id,
              TextOf(message), message.reply_to,  message.edited,  message.deleted};
  if (entry.reply_to) entry.reply_to->excerpt = ForTerminalLine(entry.reply_to->excerpt);
  return entry;
}

void Timeline::Begin(Seq head) {
  Forget();
  head_ = head;
  begun_ = true;
}

void Timeline::Forget() {
  entries_.clear();
  begun_ = loaded_ = has_before_ = at_end_ = false;
}

void Timeline::OnChange(const Change& change, const std::string& system_line, Keep keep) {
  head_ = std::max(head_, change.seq);
  if (change.kind == "edit" || change.kind == "delete") {
    const std::size_t index = IndexOf(change.target_seq);
    if (index == entries_.size() || entries_[index].seq != change.target_seq) return;
    Entry& entry = entries_[index];
    entry.deleted = change.kind == "delete";
    entry.edited = !entry.deleted;
    entry.text = entry.deleted ? "deleted" : Body(change.text);
    return;
  }
  // Until the first page has come it is kept for that.
  if (!begun_ || (loaded_ && !at_end_)) {
    if (change.message) OnSent(change.message->client_id);
    return;
  }
  if (change.message) {
    Merge(EntryOf(*change.message));
  } else if (!system_line.empty()) {
    Merge({change.seq, UserId(), change.at, ClientId(), system_line, std::nullopt});
  }
  Trim(keep);
}

bool Timeline::OnPage(Where where, const MessagePage& page) {
  const bool reaches_end = page.items.empty() || !page.has_more_after;
  if (where == Where::kLatest && page.last_seq < head_) return false;
  if (where == Where::kLatest || where == Where::kAround) {
    // Live changes that do not join on to the page.
    if (!reaches_end || page.last_seq < head_) {
      const Seq last = page.items.empty() ? Seq() : page.items.back().seq;
      entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(IndexOf(last.Next())),
                     entries_.end());
    }
    loaded_ = true;
  }
  if (where != Where::kAfter) has_before_ = page.has_more_before && !page.items.empty();
  if (where != Where::kBefore) {
    at_end_ = reaches_end && page.last_seq >= head_;
    head_ = std::max(head_, page.last_seq);
  }
  for (const Message& message : page.items) Merge(EntryOf(message));
  Trim(where == Where::kBefore ? Keep::kOldest : Keep::kNewest);
  return true;
}

void Timeline::OnSent(ClientId id) {
  if (id.IsNil()) return;
  for (Outgoing& outgoing : outgoing_) {
    if (outgoing.client_id == id) outgoing.state = Outgoing::State::kStored;
  }
  // What the stretch does not reach is shown when it is loaded.
  if (!at_end_) std::erase_if(outgoing_, [id](const Outgoing& o) { return o.client_id == id; });
}

void Timeline::OnRefused(ClientId id, std::string reason) {
  const auto found = std::find_if(outgoing_.begin(), outgoing_.end(),
                                  [id](const Outgoing& each) { return each.client_id == id; });
  if (found == outgoing_.end()) return;
  found->state = Outgoing::State::kRefused;
  found->reason = std::move(reason);
}

std::optional<Outgoing> Timeline::TakeRefused() {
  const auto found = std::find_if(outgoing_.rbegin(), outgoing_.rend(), [](const Outgoing& each) {
    return each.state == Outgoing::State::kRefused;
  });
  if (found == outgoing_.rend()) return std::nullopt;
  Outgoing refused = std::move(*found);
  outgoing_.erase(std::next(found).base());
  return refused;
}

std::size_t Timeline::IndexOf(Seq seq) const {
  const auto found = std::partition_point(entries_.begin(), entries_.end(),
                                          [seq](const Entry& entry) { return entry.seq < seq; });
  return static_cast<std::size_t>(found - entries_.begin());
}

std::size_t Timeline::CountOfOthers(UserId self, Seq after, Seq until) const {
  const auto counts = [&](const Entry& entry) {
    return entry.seq > after && entry.seq <= until && !entry.system() && entry.sender != self;
  };
  return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), counts));
}

void Timeline::Merge(Entry entry) {
  std::erase_if(outgoing_, [&entry](const Outgoing& outgoing) {
    return !entry.client_id.IsNil() && outgoing.client_id == entry.client_id;
  });
  const std::size_t index = IndexOf(entry.seq);
  if (index < entries_.size() && entries_[index].seq == entry.seq) {
    entries_[index] = std::move(entry);
  } else {
    entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(index), std::move(entry));
  }
}

void Timeline::Trim(Keep keep) {
  // By halves, so that it is rare.
  if (entries_.size() <= kMaxEntries + kMaxEntries / 2) return;
  const auto surplus = static_cast<std::ptrdiff_t>(entries_.size() - kMaxEntries);
  if (keep == Keep::kNewest) {
    entries_.erase(entries_.begin(), entries_.begin() + surplus);
    has_before_ = true;
  } else {
    entries_.erase(entries_.end() - surplus, entries_.end());
    at_end_ = false;
  }
}

}  // namespace parley::client::cli::chat
