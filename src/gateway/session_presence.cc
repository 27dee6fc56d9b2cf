// What passes by: who is there, who types, and that this person is active.

#include <algorithm>
#include <utility>

#include "gateway/session.h"
#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::gateway {
namespace {

using std::chrono::steady_clock;

/// News that are looked up together.
constexpr std::size_t kNewsAtOnce = auth::kUsersPerRequest;
/// Conversations in which one connection can type without being forgotten: beyond it typing ends
/// by itself.
constexpr std::size_t kTypingAtMost = 16;

runtime::Task<void> NoteActive(auth::AccountService* accounts, UserId user) {
  IgnoreStatus(co_await accounts->NoteActive(user, auth::ActivityNote::kNow),
               "the next thing they do notes it again");
}

/// The end of a connection; of the last one, it is when the person was last active.
runtime::Task<void> NoteEnd(bus::Presence* presence, auth::AccountService* accounts, UserId user) {
  const Result<std::vector<UserId>> connected = co_await presence->WhoIsConnected({user});
  if (!connected.ok() || !connected->empty()) co_return;
  IgnoreStatus(co_await accounts->NoteActive(user, auth::ActivityNote::kLast),
               "what was noted before is a little old");
}

}  // namespace

bool Session::HasRoomForMomentary() const {
  return socket_->queued_bytes() <= env_.momentary_bytes &&
         socket_->queued_frames() <= env_.momentary_frames;
}

// -- Activity -------------------------------------------------------------------------------------

void Session::ArriveAsPresent() {
  connection_ = env_.presence.Connect(user());
  NoteActivity();
}

void Session::LeaveAsPresent() {
  presence_watch_.reset();
  watched_.clear();
  presence_news_.clear();
  for (const auto& [conversation, until] : std::exchange(typing_, {})) {
    if (until < steady_clock::now()) continue;
    env_.chat.Submit(conversation, user(), chat::TypingCommand{number_, false},
                     [](const Result<chat::CommandAnswer>& /*answer*/) {});
  }
  if (!connection_) return;
  connection_.reset();
  runtime::Spawn(shard_, "note an end", NoteEnd(&env_.presence, &env_.accounts, user()));
}

void Session::NoteActivity() {
  const auto now = steady_clock::now();
  if (activity_noted_ && now - *activity_noted_ < auth::kActivityInterval) return;
  activity_noted_ = now;
  runtime::Spawn(shard_, "note activity", gateway::NoteActive(&env_.accounts, user()));
}

// -- Typing ---------------------------------------------------------------------------------------

void Session::OnFrame(const std::optional<std::string>& ref, const wire::TypingFrame& frame) {
  const auto now = steady_clock::now();
  std::erase_if(typing_, [&](const auto& each) {
    return each.first == frame.conversation || each.second < now;
  });
  if (frame.active && typing_.size() < kTypingAtMost) {
    typing_.emplace_back(frame.conversation, now + chat::TypingBook::kLasts);
  }
  CountUnanswered();
  env_.chat.Submit(frame.conversation, user(), chat::TypingCommand{number_, frame.active},
                   [self = shared_from_this(), ref](const Result<chat::CommandAnswer>& answer) {
                     if (self->socket_ == nullptr) return;
                     if (!answer.ok()) self->SendError(ref, answer.status());
                     self->CountAnswered();
                   });
}

// -- Presence -------------------------------------------------------------------------------------

void Session::OnFrame(const std::optional<std::string>& /*ref*/,
                      const wire::WatchPresenceFrame& frame) {
  std::unordered_map<UserId, ConversationId> before = std::exchange(watched_, {});
  for (const UserId& each : frame.user_ids) {
    const auto known = before.find(each);
    watched_.emplace(each, known == before.end() ? ConversationId() : known->second);
  }
  presence_news_.clear();
  if (!presence_watch_) presence_watch_ = env_.presence.Watch(*this);
  presence_watch_->Set(frame.user_ids);
}

void Session::OnPresence(const std::vector<bus::PresenceNews>& news) {
  if (socket_ == nullptr) return;
  // Merged by person: however much happens, what waits is no more than who is watched.
  for (const bus::PresenceNews& each : news) presence_news_[each.user] = each.online;
  WorkPresence();
}

void Session::WorkPresence() {
  if (telling_presence_ || socket_ == nullptr || Holding() || presence_news_.empty()) return;
  telling_presence_ = true;
  runtime::Spawn(shard_, "tell presence", TellPresence(shared_from_this()));
}

runtime::Task<void> Session::TellPresence(std::shared_ptr<Session> self) {
  while (self->socket_ != nullptr && !self->Holding() && !self->presence_news_.empty()) {
    // Who reads slowly is told once they have caught up, and then how it is by then.
    const bool has_room = self->HasRoomForMomentary();
    if (!co_await (has_room ? self->TellNews() : self->AwaitDrained())) break;
    // All conversations were looked through: who watches strangers has it done now and then.
    if (std::exchange(self->met_not_all_, false)) {
      co_await runtime::Sleep(self->env_.presence_pause);
    }
  }
  self->telling_presence_ = false;
}

std::vector<chat::Acquaintance> Session::TakeNews(std::unordered_map<UserId, bool>* news) {
  std::vector<chat::Acquaintance> people;
  people.reserve(std::min(presence_news_.size(), kNewsAtOnce));
  for (auto it = presence_news_.begin();
       it != presence_news_.end() && people.size() < kNewsAtOnce;) {
    const auto watched = watched_.find(it->first);
    if (watched != watched_.end()) {
      people.push_back({it->first, watched->second});
      news->emplace(*it);
    }
    it = presence_news_.erase(it);
  }
  return people;
}

runtime::Task<bool> Session::TellNews() {
  std::unordered_map<UserId, bool> news;
  std::vector<chat::Acquaintance> people = TakeNews(&news);
  const bool self_too = news.contains(user());
  const std::size_t asked = people.size() - (self_too ? 1 : 0);
  Result<std::vector<chat::Acquaintance>> found =
      co_await env_.chat.FindAcquaintances(user(), std::move(people));
  if (!found.ok()) co_return true;  // momentary: the next news may come through
  std::vector<UserId> known;
  known.reserve(found->size() + 1);
  for (const chat::Acquaintance& each : *found) {
    known.push_back(each.user);
    const auto watched = watched_.find(each.user);
    if (watched != watched_.end()) watched->second = each.shared;
  }
  met_not_all_ = std::count_if(known.begin(), known.end(), [this](const UserId& each) {
                   return each != user();
                 }) < static_cast<std::ptrdiff_t>(asked);
  if (self_too && std::find(known.begin(), known.end(), user()) == known.end()) {
    known.push_back(user());
  }
  const Result<std::vector<User>> users = co_await env_.accounts.GetUsers(std::move(known));
  if (socket_ == nullptr || !users.ok()) co_return socket_ != nullptr;
  for (const User& each : *users) {
    // What has happened meanwhile is told after; who is not watched any more, not at all.
    if (!watched_.contains(each.id) || presence_news_.contains(each.id)) continue;
    const bool online = news.at(each.id);
    if (Holding()) {
      presence_news_.emplace(each.id, online);
      continue;
    }
    socket_->Send(wire::EncodePresenceFrame(
        each.id, online ? wire::Presence::kOnline : wire::Presence::kOffline, each.last_active_at));
  }
  co_return true;
}

}  // namespace parley::gateway
