#include <algorithm>
#include <utility>

#include "storage/memory/fake_accounts.h"

// The AdminStore of FakeStore.
namespace parley::storage::memory {
namespace {

Status NoSuchInvitation() { return NotFound("no such invitation"); }

}  // namespace

std::vector<Session> FakeAccounts::EndSessions(UserId user) {
  std::vector<Session> ended = SessionsOf(user);
  for (const Session& session : ended) {
    sessions_.erase(session.token_hash);
    tokens_.erase({user, session.id});
  }
  return ended;
}

Status FakeAccounts::CheckAdmin(const AuditEntry& entry) const {
  if (!entry.admin) return Status::Ok();
  const Result<User> admin = Find(*entry.admin);
  if (admin.ok() && admin->admin && !admin->disabled) return Status::Ok();
  return PermissionDenied("only administrators may do this");
}

void FakeAccounts::Note(AuditEntry entry) {
  const AuditId id = entry.id;
  audit_[id] = std::move(entry);
}

runtime::Task<Result<AccountChanged>> FakeAccounts::ChangeAccount(UserId user,
                                                                  AccountChange change) {
  const std::lock_guard lock(mutex_);
  PARLEY_CO_TRY(Find(user).status());
  for (const AuditEntry& entry : change.audit) PARLEY_CO_TRY(CheckAdmin(entry));
  User& row = accounts_.at(user).user;
  if (change.admin) row.admin = *change.admin;
  if (change.disabled) row.disabled = *change.disabled;
  for (AuditEntry& entry : change.audit) Note(std::move(entry));
  AccountChanged changed{row, {}};
  if (change.sessions == SessionsAfter::kEnded) changed.ended = EndSessions(user);
  co_return std::move(changed);
}

runtime::Task<Status> FakeAccounts::CreateAdminClaim(TokenHash token_hash) {
  const std::lock_guard lock(mutex_);
  admin_claims_.insert(token_hash);
  co_return Status::Ok();
}

runtime::Task<Result<User>> FakeAccounts::UseAdminClaim(TokenHash token_hash, UserId user,
                                                        AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  if (!admin_claims_.contains(token_hash)) co_return NotFound("no such claim");
  PARLEY_CO_TRY(Find(user).status());
  admin_claims_.erase(token_hash);
  User& row = accounts_.at(user).user;
  row.admin = true;
  Note(std::move(entry));
  co_return row;
}

// -- Invitations ----------------------------------------------------------------------------------

runtime::Task<Status> FakeAccounts::CreateInvitation(Invitation invitation, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  const TimePoint now = invitation.created_at;
  const auto is_theirs = [&](const auto& row) {
    return row.second.created_by == invitation.created_by;
  };
  const auto good = std::ranges::count_if(
      invitations_, [&](const auto& row) { return is_theirs(row) && row.second.IsGood(now); });
  if (static_cast<std::size_t>(good) >= limit) co_return Conflict("too many invitations");
  std::erase_if(invitations_,
                [&](const auto& row) { return is_theirs(row) && row.second.expires_at <= now; });
  invitations_[invitation.id] = invitation;
  co_return Status::Ok();
}

const Invitation* FakeAccounts::FindByToken(const TokenHash& token_hash) const {
  for (const auto& [id, invitation] : invitations_) {
    if (invitation.token_hash == token_hash) return &invitation;
  }
  return nullptr;
}

runtime::Task<Result<Invitation>> FakeAccounts::FindInvitation(InvitationId id) {
  const std::lock_guard lock(mutex_);
  const auto found = invitations_.find(id);
  if (found == invitations_.end()) co_return NoSuchInvitation();
  co_return found->second;
}

runtime::Task<Result<Invitation>> FakeAccounts::FindInvitationByToken(TokenHash token_hash) {
  const std::lock_guard lock(mutex_);
  const Invitation* const found = FindByToken(token_hash);
  if (found == nullptr) co_return NoSuchInvitation();
  co_return *found;
}

runtime::Task<Result<std::vector<Invitation>>> FakeAccounts::ListInvitations(UserId user) {
  const std::lock_guard lock(mutex_);
  std::vector<Invitation> answer;
  for (auto row = invitations_.rbegin(); row != invitations_.rend(); ++row) {
    if (row->second.created_by == user) answer.push_back(row->second);
  }
  co_return std::move(answer);
}

runtime::Task<Status> FakeAccounts::DeleteInvitation(InvitationId id,
                                                     std::optional<AuditEntry> entry) {
  const std::lock_guard lock(mutex_);
  if (!invitations_.contains(id)) co_return NoSuchInvitation();
  if (entry) PARLEY_CO_TRY(CheckAdmin(*entry));
  invitations_.erase(id);
  if (entry) Note(*std::move(entry));
  co_return Status::Ok();
}

runtime::Task<Result<User>> FakeAccounts::CreateInvitedUser(User user, std::string password_hash,
                                                            TokenHash invitation) {
  const std::lock_guard lock(mutex_);
  if (names_.contains(user.username)) co_return Conflict("the username is taken");
  const Invitation* const found = FindByToken(invitation);
  if (found == nullptr || !found->IsGood(user.created_at)) co_return NoSuchInvitation();
  ++invitations_.at(found->id).used;
  user.invited_by = found->created_by;
  names_.emplace(user.username, user.id);
  accounts_[user.id] = {.user = user, .password_hash = std::move(password_hash)};
  co_return std::move(user);
}

// -- New passwords --------------------------------------------------------------------------------

runtime::Task<Status> FakeAccounts::CreatePasswordReset(PasswordReset reset, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  PARLEY_CO_TRY(Find(reset.user).status());
  PARLEY_CO_TRY(CheckAdmin(entry));
  password_resets_[reset.user] = reset;
  Note(std::move(entry));
  co_return Status::Ok();
}

runtime::Task<Result<PasswordReset>> FakeAccounts::FindPasswordReset(TokenHash token_hash) {
  const std::lock_guard lock(mutex_);
  for (const auto& [user, reset] : password_resets_) {
    if (reset.token_hash == token_hash) co_return reset;
  }
  co_return NotFound("no such password reset");
}

runtime::Task<Result<AccountChanged>> FakeAccounts::UsePasswordReset(TokenHash token_hash,
                                                                     TimePoint now,
                                                                     std::string password_hash) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(
      password_resets_, [&](const auto& row) { return row.second.token_hash == token_hash; });
  if (found == password_resets_.end() || found->second.expires_at <= now) {
    co_return NotFound("no such password reset");
  }
  const UserId user = found->first;
  password_resets_.erase(found);
  Account& account = accounts_.at(user);
  account.password_hash = std::move(password_hash);
  co_return AccountChanged{account.user, EndSessions(user)};
}

// -- Settings, audit log --------------------------------------------------------------------------

runtime::Task<Result<std::optional<std::string>>> FakeAccounts::ReadSetting(std::string name) {
  std::optional<std::string> value;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = settings_.find(name); found != settings_.end()) value = found->second;
  }
  co_return co_await controls_.Answer<std::optional<std::string>>(ReadKind::kSetting,
                                                                  std::move(value));
}

runtime::Task<Status> FakeAccounts::WriteSetting(std::string name, std::string value,
                                                 AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  PARLEY_CO_TRY(CheckAdmin(entry));
  settings_[std::move(name)] = std::move(value);
  Note(std::move(entry));
  co_return Status::Ok();
}

runtime::Task<Result<std::vector<AuditEntry>>> FakeAccounts::ListAudit(
    std::optional<AuditId> before, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<AuditEntry> answer;
  auto row = std::make_reverse_iterator(before ? audit_.lower_bound(*before) : audit_.end());
  for (; row != audit_.rend() && answer.size() < limit; ++row) answer.push_back(row->second);
  co_return std::move(answer);
}

runtime::Task<Status> FakeAccounts::DropAudit(TimePoint before) {
  const std::lock_guard lock(mutex_);
  std::erase_if(audit_, [&](const auto& row) { return row.second.at < before; });
  co_return Status::Ok();
}

}  // namespace parley::storage::memory
