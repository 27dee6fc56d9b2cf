#include "storage/cached/redis/shared_accounts.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "storage/cached/redis/remote_tasks.h"

namespace parley::storage::cached {

runtime::Task<Result<User>> SharedAccounts::FindUser(UserId user) {
  PARLEY_CO_ASSIGN(std::vector<User> found, co_await FindUsers({user}));
  if (found.empty()) co_return NotFound("no such user");
  co_return std::move(found.front());
}

runtime::Task<Result<std::vector<User>>> SharedAccounts::FindUsers(std::vector<UserId> users) {
  std::vector<User> found;
  found.reserve(users.size());
  for (std::size_t begin = 0; begin < users.size(); begin += kMaxKeysAtOnce) {
    const std::size_t end = std::min(users.size(), begin + kMaxKeysAtOnce);
    const auto at = users.begin();
    PARLEY_CO_TRY(co_await FindChunk(
        std::vector(at + static_cast<std::ptrdiff_t>(begin), at + static_cast<std::ptrdiff_t>(end)),
        &found));
  }
  co_return found;
}

runtime::Task<Status> SharedAccounts::FindChunk(std::vector<UserId> users,
                                                std::vector<User>* found) {
  std::vector<std::string> keys;
  keys.reserve(users.size());
  for (const UserId& user : users) keys.push_back(keys_.User(user));
  const Result<std::vector<RemoteFound>> held = co_await AwaitGet(&cache_, std::move(keys));

  std::unordered_map<UserId, User> people;
  std::vector<UserId> missing;
  std::unordered_map<UserId, std::uint64_t> seen;  // versions of what we may fill
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (held.ok() && !(*held)[i].payload.empty()) {
      Result<User> user = DecodeUser((*held)[i].payload, users[i]);
      if (user.ok() && !user->admin) {
        people.emplace(users[i], *std::move(user));
        continue;
      }
    }
    if (held.ok()) seen.emplace(users[i], (*held)[i].version);
    missing.push_back(users[i]);
  }
  hits_ += users.size() - missing.size();
  misses_ += missing.size();

  if (!missing.empty()) {
    PARLEY_CO_ASSIGN(std::vector<User> read, co_await inner_.FindUsers(std::move(missing)));
    std::vector<RemoteWrite> fills;
    fills.reserve(read.size());
    for (User& user : read) {
      // Rights never rest on the cache: who administers is always read.
      if (const auto version = seen.find(user.id); version != seen.end() && !user.admin) {
        fills.push_back({.kind = RemoteWrite::Kind::kUnchanged,
                         .key = keys_.User(user.id),
                         .version = version->second,
                         .payload = EncodeUser(user),
                         .ttl = options_.user_ttl});
      }
      people.emplace(user.id, std::move(user));
    }
    WriteLater(cache_, std::move(fills));
  }
  for (const UserId& user : users) {
    if (const auto at = people.find(user); at != people.end()) found->push_back(at->second);
  }
  co_return Status::Ok();
}

runtime::Task<Result<User>> SharedAccounts::UpdateUser(UserId user, UserPatch patch) {
  Result<User> updated = co_await inner_.UpdateUser(user, std::move(patch));
  co_await Outdate(user);
  co_return updated;
}

runtime::Task<void> SharedAccounts::Outdate(UserId user) {
  std::vector<RemoteWrite> writes = {{.kind = RemoteWrite::Kind::kStale,
                                      .key = keys_.User(user),
                                      .version = 0,
                                      .payload = {},
                                      .ttl = options_.marker_ttl}};
  // Counted by the client; the time to live bounds what it costs.
  static_cast<void>(co_await AwaitWrite(&cache_, std::move(writes)));
}

runtime::Task<Result<AccountChanged>> SharedAdmin::ChangeAccount(UserId user,
                                                                 AccountChange change) {
  Result<AccountChanged> changed = co_await inner_.ChangeAccount(user, std::move(change));
  co_await accounts_.Outdate(user);
  co_return std::move(changed);
}

runtime::Task<Result<User>> SharedAdmin::UseAdminClaim(TokenHash token_hash, UserId user,
                                                       AuditEntry entry) {
  Result<User> admin = co_await inner_.UseAdminClaim(token_hash, user, std::move(entry));
  co_await accounts_.Outdate(user);
  co_return std::move(admin);
}

}  // namespace parley::storage::cached
