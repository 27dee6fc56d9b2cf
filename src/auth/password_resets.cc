#include "auth/password_resets.h"

#include <utility>

#include "auth/audit.h"
#include "auth/token.h"
#include "model/validate.h"

namespace parley::auth {
namespace {

using runtime::Task;

Status NoSuchReset() {
  return NotFound("this link is not valid any more: ask an administrator for another one");
}

}  // namespace

Task<Result<NewPasswordReset>> PasswordResets::Create(UserId admin, UserId person) {
  NewToken token = MakeToken(TokenKind::kPasswordReset, random_);
  AuditEntry entry = MakeAuditEntry(clock_, ids_, admin, AuditAction::kPersonPasswordReset, person);
  const PasswordReset reset{
      .token_hash = token.hash, .user = person, .expires_at = entry.at + kPasswordResetLife};
  const Status created = co_await store_.admin().CreatePasswordReset(reset, std::move(entry));
  if (created.code() == StatusCode::kNotFound) co_return NotFound("there is no such person");
  PARLEY_CO_TRY(created);
  co_return NewPasswordReset{std::move(token.text), reset.expires_at};
}

Task<Result<storage::AccountChanged>> PasswordResets::Use(std::string token, std::string password,
                                                          limits::ClientAddress address) {
  PARLEY_CO_TRY(ValidatePassword(password));
  const std::optional<TokenHash> hash = ParseToken(TokenKind::kPasswordReset, token);
  if (!hash) co_return NoSuchReset();
  // Only who has a good link makes the server hash a password.
  const Result<PasswordReset> reset = co_await store_.admin().FindPasswordReset(*hash);
  if (reset.status().code() == StatusCode::kNotFound) co_return NoSuchReset();
  PARLEY_CO_TRY(reset.status());
  if (reset->expires_at <= clock_.Now()) co_return NoSuchReset();

  PARLEY_CO_ASSIGN(const User user, co_await store_.accounts().FindUser(reset->user));
  GuessGuard::Try attempt;
  if (guesses_ != nullptr) {
    PARLEY_CO_ASSIGN(attempt, co_await guesses_->EnterNew(user.username, address));
  }
  Result<storage::AccountChanged> changed = co_await Replace(*hash, std::move(password));
  attempt.Settle(changed.status(), StatusCode::kConflict);
  co_return std::move(changed);
}

Task<Result<storage::AccountChanged>> PasswordResets::Replace(TokenHash token_hash,
                                                              std::string password) {
  PARLEY_CO_ASSIGN(std::string hash, co_await hasher_.Hash(std::move(password)));
  Result<storage::AccountChanged> changed =
      co_await store_.admin().UsePasswordReset(token_hash, clock_.Now(), std::move(hash));
  if (changed.status().code() == StatusCode::kNotFound) co_return NoSuchReset();
  co_return std::move(changed);
}

}  // namespace parley::auth
