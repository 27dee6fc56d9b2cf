#include "storage/memory/fake_accounts.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace parley::storage::memory {
namespace {

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, ToLower, ToLower);
}

bool AnyWordStartsWith(std::string_view text, std::string_view prefix) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_word = i == 0 || text[i - 1] == ' ';
    if (starts_word && StartsWith(text.substr(i), prefix)) return true;
  }
  return false;
}

Status NoSuchUser() { return NotFound("no such user"); }
Status NoSuchSession() { return NotFound("no such session"); }

}  // namespace

runtime::Task<Status> FakeAccounts::CreateUser(User user, std::string password_hash) {
  const std::lock_guard lock(mutex_);
  if (!names_.emplace(user.username, user.id).second) co_return Conflict("the username is taken");
  const UserId id = user.id;
  accounts_[id] = {.user = std::move(user), .password_hash = std::move(password_hash)};
  co_return Status::Ok();
}

Result<User> FakeAccounts::Find(UserId user) const {
  const auto found = accounts_.find(user);
  if (found == accounts_.end()) return NoSuchUser();
  return found->second.user;
}

runtime::Task<Result<User>> FakeAccounts::FindUser(UserId user) {
  Result<User> found = NoSuchUser();
  {
    const std::lock_guard lock(mutex_);
    found = Find(user);
  }
  co_return co_await controls_.Answer<User>(ReadKind::kUser, std::move(found));
}

runtime::Task<Result<std::vector<User>>> FakeAccounts::FindUsers(std::vector<UserId> users) {
  std::vector<User> answer;
  {
    const std::lock_guard lock(mutex_);
    for (const UserId& user : users) {
      if (Result<User> found = Find(user); found.ok()) answer.push_back(*std::move(found));
    }
  }
  co_return co_await controls_.Answer<std::vector<User>>(ReadKind::kUsers, std::move(answer));
}

runtime::Task<Result<User>> FakeAccounts::FindUserByName(std::string username) {
  Result<User> found = NoSuchUser();
  {
    const std::lock_guard lock(mutex_);
    if (const auto name = names_.find(username); name != names_.end()) found = Find(name->second);
  }
  co_return co_await controls_.Answer<User>(ReadKind::kUserByName, std::move(found));
}

runtime::Task<Result<User>> FakeAccounts::UpdateUser(UserId user, UserPatch patch) {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(user);
  if (found == accounts_.end()) co_return NoSuchUser();
  User& row = found->second.user;
  if (patch.display_name) row.display_name = *patch.display_name;
  if (patch.avatar) row.avatar = *patch.avatar;
  if (patch.admin) row.admin = *patch.admin;
  if (patch.last_active_at) row.last_active_at = *patch.last_active_at;
  co_return row;
}

runtime::Task<Result<std::vector<User>>> FakeAccounts::SearchUsers(std::string prefix,
                                                                   std::size_t limit,
                                                                   std::string after) {
  std::vector<User> answer;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, id] : names_) {
      if (answer.size() >= limit) break;
      if (name <= after) continue;
      const User& user = accounts_.at(id).user;
      if (StartsWith(name, prefix) || AnyWordStartsWith(user.display_name, prefix)) {
        answer.push_back(user);
      }
    }
  }
  co_return co_await controls_.Answer<std::vector<User>>(ReadKind::kSearch, std::move(answer));
}

runtime::Task<Result<std::string>> FakeAccounts::FindPasswordHash(UserId user) {
  Result<std::string> hash = NoSuchUser();
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = accounts_.find(user); found != accounts_.end()) {
      hash = found->second.password_hash;
    }
  }
  co_return co_await controls_.Answer<std::string>(ReadKind::kPasswordHash, std::move(hash));
}

runtime::Task<Status> FakeAccounts::SetPasswordHash(UserId user, std::string password_hash) {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(user);
  if (found == accounts_.end()) co_return NoSuchUser();
  found->second.password_hash = std::move(password_hash);
  co_return Status::Ok();
}

runtime::Task<Status> FakeAccounts::CreateSession(Session session) {
  const std::lock_guard lock(mutex_);
  const Result<User> user = Find(session.user);
  if (user.ok() && user->disabled) co_return PermissionDenied("the account is disabled");
  tokens_[{session.user, session.id}] = session.token_hash;
  sessions_[session.token_hash] = std::move(session);
  co_return Status::Ok();
}

runtime::Task<Result<Session>> FakeAccounts::FindSession(TokenHash token_hash) {
  Result<Session> session = NoSuchSession();
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = sessions_.find(token_hash); found != sessions_.end()) {
      session = found->second;
    }
  }
  co_return co_await controls_.Answer<Session>(ReadKind::kSession, std::move(session));
}

std::vector<Session> FakeAccounts::SessionsOf(UserId user) const {
  std::vector<Session> sessions;
  for (auto row = tokens_.lower_bound({user, SessionId()});
       row != tokens_.end() && row->first.first == user; ++row) {
    sessions.push_back(sessions_.at(row->second));
  }
  return sessions;
}

runtime::Task<Result<std::vector<Session>>> FakeAccounts::ListSessions(UserId user) {
  std::vector<Session> answer;
  {
    const std::lock_guard lock(mutex_);
    answer = SessionsOf(user);
  }
  std::ranges::sort(
      answer, {}, [](const Session& session) { return std::tie(session.created_at, session.id); });
  co_return co_await controls_.Answer<std::vector<Session>>(ReadKind::kSessions, std::move(answer));
}

runtime::Task<Status> FakeAccounts::DeleteSession(UserId user, SessionId session) {
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find({user, session});
  if (found == tokens_.end()) co_return NoSuchSession();
  sessions_.erase(found->second);
  tokens_.erase(found);
  co_return Status::Ok();
}

runtime::Task<Status> FakeAccounts::TouchSession(UserId user, SessionId session, TimePoint at) {
  const std::lock_guard lock(mutex_);
  if (const auto found = tokens_.find({user, session}); found != tokens_.end()) {
    Session& row = sessions_.at(found->second);
    row.last_used_at = std::max(row.last_used_at, at);
  }
  co_return Status::Ok();
}

}  // namespace parley::storage::memory
