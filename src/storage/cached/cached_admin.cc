#include "storage/cached/cached_admin.h"

#include <utility>

namespace parley::storage::cached {
namespace {

std::vector<TokenHash> TokensOf(const std::vector<Session>& sessions) {
  std::vector<TokenHash> tokens;
  tokens.reserve(sessions.size());
  for (const Session& session : sessions) tokens.push_back(session.token_hash);
  return tokens;
}

}  // namespace

runtime::Task<Result<AccountChanged>> CachedAdmin::ChangeAccount(UserId user,
                                                                 AccountChange change) {
  Result<AccountChanged> changed = co_await inner_.ChangeAccount(user, std::move(change));
  accounts_.ForgetUser(user);
  if (changed.ok()) accounts_.ForgetSessions(TokensOf(changed->ended));
  co_return std::move(changed);
}

runtime::Task<Result<User>> CachedAdmin::UseAdminClaim(TokenHash token_hash, UserId user,
                                                       AuditEntry entry) {
  Result<User> admin = co_await inner_.UseAdminClaim(token_hash, user, std::move(entry));
  accounts_.ForgetUser(user);
  co_return std::move(admin);
}

runtime::Task<Result<User>> CachedAdmin::CreateInvitedUser(User user, std::string password_hash,
                                                           TokenHash invitation) {
  const UserId id = user.id;
  const std::string username = user.username;
  Result<User> created =
      co_await inner_.CreateInvitedUser(std::move(user), std::move(password_hash), invitation);
  // Nobody may join a read that found them missing.
  accounts_.ForgetUser(id);
  accounts_.ForgetName(username);
  co_return std::move(created);
}

runtime::Task<Result<AccountChanged>> CachedAdmin::UsePasswordReset(TokenHash token_hash,
                                                                    TimePoint now,
                                                                    std::string password_hash) {
  Result<AccountChanged> changed =
      co_await inner_.UsePasswordReset(token_hash, now, std::move(password_hash));
  if (changed.ok()) accounts_.ForgetSessions(TokensOf(changed->ended));
  co_return std::move(changed);
}

}  // namespace parley::storage::cached
