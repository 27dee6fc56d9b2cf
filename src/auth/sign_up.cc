#include "auth/sign_up.h"

#include <utility>

#include "auth/token.h"

namespace parley::auth {
namespace {

using runtime::Task;

constexpr char kRegistrationSetting[] = "registration";

Status NotWithoutInvitation() {
  return PermissionDenied(
      "an account on this server needs an invitation that is still good: ask somebody who is here "
      "for one");
}

}  // namespace

Task<Result<RegistrationMode>> SignUp::Mode() {
  std::uint64_t writes = 0;
  std::optional<RegistrationMode> last;
  {
    const std::lock_guard lock(mutex_);
    if (known_ && clock_.Now() - read_at_ < kRegistrationMaxAge) co_return *known_;
    last = known_;
    writes = writes_;
  }
  const Result<std::optional<std::string>> stored =
      co_await store_.admin().ReadSetting(kRegistrationSetting);
  if (!stored.ok()) {
    if (last) co_return *last;
    co_return stored.status();
  }
  const std::optional<std::string>& set = *stored;
  // What a newer program wrote and this one does not know keeps everybody out.
  const RegistrationMode mode =
      set ? ParseRegistrationMode(*set).value_or(RegistrationMode::kClosed) : configured_;
  const std::lock_guard lock(mutex_);
  if (writes_ != writes) co_return known_.value_or(mode);
  known_ = mode;
  read_at_ = clock_.Now();
  co_return mode;
}

Task<Status> SignUp::SetMode(RegistrationMode mode, AuditEntry entry) {
  const Status written = co_await store_.admin().WriteSetting(
      kRegistrationSetting, std::string(RegistrationModeName(mode)), std::move(entry));
  const std::lock_guard lock(mutex_);
  ++writes_;
  // Of two changes at once nobody knows here which one the store has: it is read again.
  known_.reset();
  co_return written;
}

Task<Status> SignUp::RefuseInvite() {
  PARLEY_CO_ASSIGN(const RegistrationMode mode, co_await Mode());
  if (mode != RegistrationMode::kOpen) co_return NotWithoutInvitation();
  co_return InvalidField("invite", "has expired, or was used or taken back");
}

Task<Result<std::optional<TokenHash>>> SignUp::Admit(std::optional<std::string> invite) {
  PARLEY_CO_ASSIGN(const RegistrationMode mode, co_await Mode());
  if (mode == RegistrationMode::kClosed) {
    co_return PermissionDenied("this server takes no new accounts");
  }
  if (!invite) {
    if (mode == RegistrationMode::kInvitation) co_return NotWithoutInvitation();
    co_return std::optional<TokenHash>();
  }
  const Result<Invite> good = co_await invitations_.FindGood(*std::move(invite));
  if (good.ok()) co_return std::optional(good->invitation.token_hash);
  if (good.status().code() == StatusCode::kNotFound) co_return co_await RefuseInvite();
  co_return good.status();
}

Task<Result<User>> SignUp::Create(User user, std::string password_hash,
                                  std::optional<TokenHash> invitation) {
  if (!invitation) {
    PARLEY_CO_TRY(co_await store_.accounts().CreateUser(user, std::move(password_hash)));
    co_return std::move(user);
  }
  Result<User> created = co_await store_.admin().CreateInvitedUser(
      std::move(user), std::move(password_hash), *invitation);
  if (created.status().code() == StatusCode::kNotFound) co_return co_await RefuseInvite();
  co_return std::move(created);
}

}  // namespace parley::auth
