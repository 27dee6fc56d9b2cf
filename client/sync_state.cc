#include "client/sync_state.h"

#include <algorithm>
#include <utility>

#include "model/limits.h"

namespace parley::client {

SyncState::SyncState(const std::vector<Head>& known) {
  for (const Head& head : known) held_[head.conversation].have = head.seq;
}

Actions SyncState::OnReady(const ReadyFrame& ready) {
  Actions out;
  user_id_ = ready.user_id;
  if (!cursor_.empty()) {
    resuming_ = true;
    AppendResume(out);
    return out;
  }
  ready_cursor_ = ready.cursor;
  list_ticket_ = ++last_ticket_;
  out.emplace_back(FetchList{list_ticket_});
  return out;
}

Actions SyncState::OnList(std::uint64_t ticket, Result<std::vector<Conversation>> list) {
  Actions out;
  if (ticket != list_ticket_) return out;
  list_ticket_ = 0;
  if (!list.ok()) {
    out.emplace_back(Reconnect{std::string(list.status().message())});
    return out;
  }
  for (Conversation& conversation : *list) {
    if (Have(conversation.id)) {
      out.emplace_back(Deliver{Updated{std::move(conversation)}});
    } else {
      Adopt(std::move(conversation), Loaded::Why::kListed, out);
    }
  }
  cursor_ = ready_cursor_;
  resuming_ = true;
  AppendResume(out);
  return out;
}

Actions SyncState::OnSync(SyncFrame sync) {
  Actions out;
  for (SyncPart& part : sync.parts) {
    const ConversationId id = part.conversation.id;
    if (!Have(id)) {
      Adopt(std::move(part.conversation), Loaded::Why::kNew, out);
    } else if (part.reset) {
      Adopt(std::move(part.conversation), Loaded::Why::kReset, out);
    } else {
      out.emplace_back(Deliver{Updated{std::move(part.conversation)}});
    }
    for (Change& change : part.changes) Apply(std::move(change), out);
  }
  for (const ConversationId id : sync.left) Forget(id, out);
  if (sync.more) return out;
  if (!sync.cursor.empty()) cursor_ = std::move(sync.cursor);
  resuming_ = false;
  live_ = true;
  if (!std::exchange(told_connected_, true)) out.emplace_back(Deliver{Connected{user_id_}});
  return out;
}

Actions SyncState::OnChange(Change change) {
  Actions out;
  Apply(std::move(change), out);
  return out;
}

Actions SyncState::OnInbox(InboxFrame inbox) {
  Actions out;
  if (inbox.left) {
    Forget(*inbox.left, out);
  } else if (inbox.conversation && Have(inbox.conversation->id)) {
    out.emplace_back(Deliver{Updated{*std::move(inbox.conversation)}});
  } else if (inbox.conversation) {
    Adopt(*std::move(inbox.conversation), Loaded::Why::kNew, out);
  }
  return out;
}

void SyncState::OnDisconnected() {
  live_ = false;
  resuming_ = false;
  told_connected_ = false;
  list_ticket_ = 0;
  for (auto it = held_.begin(); it != held_.end();) {
    // What was heard of but not fetched yet is found by the cursor.
    if (!it->second.have) {
      it = held_.erase(it);
      continue;
    }
    it->second.wanted = Seq();
    it->second.ticket = 0;
    ++it;
  }
}

Actions SyncState::OnChangesFetched(const FetchChanges& asked, Result<ChangePage> page) {
  Actions out;
  const auto found = held_.find(asked.conversation);
  if (found == held_.end() || found->second.ticket != asked.ticket) return out;
  Held& held = found->second;
  const bool gone = !page.ok() && page.status().code() == StatusCode::kNotFound;
  if (!page.ok() && !gone) {
    out.emplace_back(Reconnect{std::string(page.status().message())});
    return out;
  }
  if (gone || page->reset) {
    AskForObject(asked.conversation, held, out);
    return out;
  }
  // The ticket stays taken meanwhile, so that a hole in the page asks for nothing by itself.
  for (Change& change : page->items) Apply(std::move(change), out);
  held.ticket = 0;
  held.wanted = std::max(held.wanted, page->last_seq);
  if (held.have == asked.after && held.wanted > asked.after) {
    // A server that is behind what it told us; to ask on at once would be a busy loop.
    out.emplace_back(Reconnect{"the server did not have the changes that it announced"});
    return out;
  }
  CatchUp(asked.conversation, held, out);
  return out;
}

Actions SyncState::OnConversationFetched(const FetchConversation& asked,
                                         Result<Conversation> object) {
  Actions out;
  const auto found = held_.find(asked.conversation);
  if (found == held_.end() || found->second.ticket != asked.ticket) return out;
  if (object.ok()) {
    const bool had = found->second.have.has_value();
    Adopt(*std::move(object), had ? Loaded::Why::kReset : Loaded::Why::kNew, out);
  } else if (object.status().code() == StatusCode::kNotFound) {
    Forget(asked.conversation, out);
  } else {
    out.emplace_back(Reconnect{std::string(object.status().message())});
  }
  return out;
}

Actions SyncState::Resume() {
  Actions out;
  if (!live_ || resuming_) return out;
  resuming_ = true;
  AppendResume(out);
  return out;
}

std::optional<Seq> SyncState::Have(ConversationId conversation) const {
  const auto found = held_.find(conversation);
  return found == held_.end() ? std::nullopt : found->second.have;
}

void SyncState::Apply(Change change, Actions& out) {
  const ConversationId id = change.conversation_id;
  Held& held = held_[id];
  if (held.have && change.seq <= *held.have) return;
  if (held.have && change.seq == held.have->Next()) {
    held.have = change.seq;
    out.emplace_back(Deliver{Changed{std::move(change)}});
    return;
  }
  // Not kept: the log is asked for everything up to there anyway, and so nothing has to be bounded.
  held.wanted = std::max(held.wanted, change.seq);
  CatchUp(id, held, out);
}

void SyncState::Adopt(Conversation object, Loaded::Why why, Actions& out) {
  const ConversationId id = object.id;
  Held& held = held_[id];
  held.have = object.last_seq;
  held.ticket = 0;
  out.emplace_back(Deliver{Loaded{std::move(object), why}});
  CatchUp(id, held, out);
}

void SyncState::Forget(ConversationId conversation, Actions& out) {
  const auto found = held_.find(conversation);
  if (found == held_.end()) return;
  const bool told = found->second.have.has_value();
  held_.erase(found);
  if (told) out.emplace_back(Deliver{Left{conversation}});
}

void SyncState::CatchUp(ConversationId conversation, Held& held, Actions& out) {
  if (held.ticket != 0) return;
  if (!held.have) {
    AskForObject(conversation, held, out);
  } else if (held.wanted > *held.have) {
    if (held.wanted.value() - held.have->value() > Limits::kSyncMaxChanges) {
      AskForObject(conversation, held, out);
      return;
    }
    held.ticket = ++last_ticket_;
    out.emplace_back(FetchChanges{conversation, *held.have, held.ticket});
  }
}

void SyncState::AskForObject(ConversationId conversation, Held& held, Actions& out) {
  held.ticket = ++last_ticket_;
  out.emplace_back(FetchConversation{conversation, held.ticket});
}

void SyncState::AppendResume(Actions& out) const {
  std::vector<Head> heads;
  heads.reserve(held_.size());
  for (const auto& [id, held] : held_) {
    if (held.have) heads.push_back({id, *held.have});
  }
  for (std::string& frame : EncodeResume(cursor_, heads)) {
    out.emplace_back(SendText{std::move(frame)});
  }
}

}  // namespace parley::client
