// What the open conversation needs: pages, marks, names, and whose presence is watched.

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "client/cli/chat/model.h"
#include "client/cli/chat/panes.h"
#include "client/cli/chat/past.h"
#include "client/cli/text.h"
#include "client/errors.h"
#include "client/frames.h"

namespace parley::client::cli::chat {
namespace {

constexpr std::chrono::seconds kAskAgain{2};
/// More unread messages than that are not on the latest page.
constexpr std::uint64_t kUnreadOnPage = 40;
/// The most that one question may name.
constexpr std::size_t kNamesAtOnce = 100;
/// In larger ones it is not told who has read what.
constexpr std::uint64_t kMaxMembersAsked = 200;

Past PastOf(const State& state, const Talk& talk) {
  const Panes panes = PanesOf(state);
  return {state, talk, TextCols(panes), panes.past.rows};
}

}  // namespace

void Model::Open(ConversationId id) {
  StopTyping();
  Talk* talk = state_.Find(id);
  if (talk == nullptr) return;
  if (state_.open != id) {
    asked_.reset();
    talk->new_after = talk->unread > 0 ? talk->read_seq : Seq();
    if (talk->timeline.loaded() && talk->unread > 0) talk->scroll = {};
    std::erase(recent_, id);
    recent_.push_back(id);
    LetGoOfOthers();
  }
  state_.open = id;
  state_.chosen = id;
  state_.list_in_front = false;
  state_.focus = Focus::kWrite;
  state_.overlay = Overlay::kNone;
  state_.notice.clear();
}

void Model::Close() {
  StopTyping();
  state_.open.reset();
  state_.list_in_front = true;
  state_.overlay = Overlay::kNone;
  state_.focus = Focus::kWrite;
}

/// Keeps the pages of the few that were looked at last.
void Model::LetGoOfOthers() {
  while (recent_.size() > kLoadedTalks) {
    if (Talk* talk = state_.Find(recent_.front())) {
      talk->timeline.Forget();
      talk->scroll = {};
    }
    recent_.erase(recent_.begin());
  }
}

void Model::Settle() {
  Watch();
  if (quit_when_sent_ && state_.Waiting() == 0) {
    quit_when_sent_ = false;
    Do(Quit{});
  }
  FetchNames();
  if (state_.opened() == nullptr) return;
  LoadAround();
  MarkSeen();
  const Talk& talk = *state_.opened();
  if (state_.link == Link::kLive && members_for_ != talk.id &&
      talk.member_count <= kMaxMembersAsked) {
    members_for_ = talk.id;
    Do(FetchMembers{talk.id});
  }
}

void Model::Ask(ConversationId conversation, Timeline::Where where, Seq seq) {
  const FetchPage page{conversation, where, seq, ++last_ticket_};
  asked_ = page;
  Do(page);
}

void Model::LoadAround() {
  Talk& talk = *state_.opened();
  if (state_.link != Link::kLive || asked_ || ask_again_) return;
  if (!talk.timeline.begun()) talk.timeline.Begin(talk.head);
  if (!talk.timeline.loaded()) {
    const bool far = talk.unread > kUnreadOnPage && talk.read_seq > Seq();
    Ask(talk.id, far ? Timeline::Where::kAround : Timeline::Where::kLatest,
        far ? talk.read_seq : Seq());
    return;
  }
  const auto& entries = talk.timeline.entries();
  if (entries.empty()) return;
  const Past::Seen seen = PastOf(state_, talk).Look();
  if (talk.timeline.has_before() && seen.first < kAhead) {
    Ask(talk.id, Timeline::Where::kBefore, entries.front().seq);
  } else if (!talk.timeline.at_end() && seen.last + kAhead >= entries.size()) {
    Ask(talk.id, Timeline::Where::kAfter, entries.back().seq);
  }
}

void Model::OnPage(const FetchPage& asked, const Result<MessagePage>& page) {
  state_.now = clock_.Now();
  if (!asked_ || asked_->ticket != asked.ticket) return;
  asked_.reset();
  Talk* talk = state_.Find(asked.conversation);
  if (talk == nullptr) return;
  if (!page.ok()) {
    ask_again_ = state_.now + kAskAgain;
    if (!IsRetryable(page.status().code())) {
      state_.notice = "could not load messages: " + ForTerminalLine(page.status().message());
    }
    return;
  }
  const bool first = !talk->timeline.loaded();
  if (!talk->timeline.OnPage(asked.where, *page)) {
    ask_again_ = state_.now + kAskAgain;  // from a server that is behind
  }
  if (first && talk->timeline.loaded() && talk->new_after > Seq()) {
    talk->scroll = PastOf(state_, *talk).From(talk->timeline.IndexOf(talk->new_after.Next()));
  }
}

void Model::MarkSeen() {
  Talk& talk = *state_.opened();
  const Panes panes = PanesOf(state_);
  const bool covered = state_.overlay != Overlay::kNone || panes.past.rows == 0;
  if (covered || !talk.timeline.loaded() || talk.timeline.entries().empty()) return;
  const Past::Seen seen = PastOf(state_, talk).Look();
  if (!seen.any) return;
  const auto& entries = talk.timeline.entries();
  const std::size_t last = std::min(seen.last, entries.size() - 1);
  const bool all = talk.timeline.at_end() && last + 1 == entries.size();
  const Seq seq = all ? talk.head : entries[last].seq;
  if (seq <= talk.read_seq) return;
  const bool of_others = talk.unread > 0;
  talk.MarkRead(seq);
  if (of_others) Do(MarkRead{talk.id, seq});
}

void Model::Watch() {
  std::vector<UserId> users;
  const auto add = [&users](UserId user) {
    if (!user.IsNil() && users.size() < kMaxWatched &&
        std::find(users.begin(), users.end(), user) == users.end()) {
      users.push_back(user);
    }
  };
  if (const Talk* talk = state_.opened()) {
    for (const UserId user : talk->members) add(user);
  }
  for (const ConversationId id : state_.order) {
    if (users.size() == kMaxWatched) break;
    add(state_.Find(id)->peer());
  }
  // The order of the list says nothing here.
  std::sort(users.begin(), users.end());
  if (users == watched_) return;
  watched_ = users;
  Do(WatchPresence{std::move(users)});
}

void Model::FetchNames() {
  std::vector<UserId> unknown;
  const auto add = [&](UserId user) {
    if (user.IsNil() || unknown.size() == kNamesAtOnce || state_.names.Know(user)) return;
    if (unnamed_.insert(user).second) unknown.push_back(user);
  };
  for (const ConversationId id : state_.order) add(state_.Find(id)->last_sender);
  if (const Talk* talk = state_.opened()) {
    for (const Entry& entry : talk->timeline.entries()) {
      add(entry.sender);
      if (entry.reply_to) add(entry.reply_to->sender_id);
    }
  }
  if (!unknown.empty()) Do(FetchUsers{std::move(unknown)});
}

void Model::OnUsers(const FetchUsers& asked, const Result<std::vector<User>>& users) {
  if (!users.ok()) {
    // Asked for again when they are seen next.
    for (const UserId user : asked.users) unnamed_.erase(user);
    return;
  }
  for (const User& user : *users) state_.names.Learn(user);
}

void Model::OnMembers(const FetchMembers& asked, const Result<std::vector<Member>>& members) {
  Talk* talk = state_.Find(asked.conversation);
  if (talk == nullptr || !members.ok()) return;
  for (const Member& member : *members) state_.names.Learn(member.user);
  talk->OnMembers(*members);
  if (state_.open == asked.conversation) state_.members = *members;
}

void Model::OnResolved(const Resolve& asked, const Result<Conversation>& conversation) {
  state_.now = clock_.Now();
  if (!conversation.ok()) {
    state_.notice =
        ForTerminalLine(asked.name) + ": " + ForTerminalLine(conversation.status().message());
    return;
  }
  Adopt(*conversation);
  Open(conversation->id);
}

void Model::ToTheEnd() {
  Talk* talk = state_.opened();
  if (talk == nullptr) return;
  if (talk->timeline.loaded() && !talk->timeline.at_end()) {
    talk->timeline.Forget();
    talk->new_after = {};
    asked_.reset();
  }
  talk->scroll = {};
}

void Model::ScrollBy(int lines) {
  if (Talk* talk = state_.opened()) talk->scroll = PastOf(state_, *talk).Scrolled(lines);
}

}  // namespace parley::client::cli::chat
