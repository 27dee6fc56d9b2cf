#include "auth/administration.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "auth/audit.h"
#include "auth/token.h"
#include "model/validate.h"

namespace parley::auth {
namespace {

using runtime::Task;

constexpr char kAdminClaimKey[] = "first_admin_claim";

Status NoSuchPerson() { return NotFound("there is no such person"); }

/// The same status, but a person who is not there in words for the administrator.
Status OfPerson(const Status& status) {
  return status.code() == StatusCode::kNotFound ? NoSuchPerson() : status;
}

std::vector<SessionId> IdsOf(const std::vector<Session>& sessions) {
  std::vector<SessionId> ids;
  ids.reserve(sessions.size());
  for (const Session& session : sessions) ids.push_back(session.id);
  return ids;
}

}  // namespace

AuditEntry Administration::Entry(std::optional<UserId> admin, AuditAction action,
                                 std::optional<UserId> target, std::vector<AuditDetail> detail) {
  return MakeAuditEntry(clock_, ids_, admin, action, target, std::move(detail));
}

// -- Becoming an administrator --------------------------------------------------------------------

Task<Result<std::optional<std::string>>> Administration::EnsureClaim() {
  // The first to put the hash of its token here is the first start.
  NewToken token = MakeToken(TokenKind::kAdminClaim, random_);
  PARLEY_CO_ASSIGN(const storage::SecretKey first,
                   co_await store_.meta().GetOrCreateKey(kAdminClaimKey, token.hash));
  if (first != token.hash) co_return std::optional<std::string>();
  PARLEY_CO_TRY(co_await store_.admin().CreateAdminClaim(token.hash));
  co_return std::optional(std::move(token.text));
}

Task<Result<User>> Administration::Claim(UserId user, std::string token) {
  const Status refused = PermissionDenied("this link is not valid, or has been used");
  const std::optional<TokenHash> hash = ParseToken(TokenKind::kAdminClaim, token);
  if (!hash) co_return refused;
  PARLEY_CO_TRY(OfPerson((co_await store_.accounts().FindUser(user)).status()));
  Result<User> admin = co_await store_.admin().UseAdminClaim(
      *hash, user, Entry(user, AuditAction::kAdminClaim, user));
  if (admin.status().code() == StatusCode::kNotFound) co_return refused;
  co_return std::move(admin);
}

Task<Result<User>> Administration::Grant(std::string username) {
  PARLEY_CO_ASSIGN(std::string name, ValidateUsername(username));
  const Result<User> user = co_await store_.accounts().FindUserByName(name);
  if (user.status().code() == StatusCode::kNotFound) {
    co_return NotFound(fmt::format("there is no account {}; it must register first", name));
  }
  PARLEY_CO_TRY(user.status());
  storage::AccountChange change;
  change.admin = true;
  change.audit.push_back(Entry(std::nullopt, AuditAction::kAdminGrant, user->id));
  PARLEY_CO_ASSIGN(storage::AccountChanged changed,
                   co_await store_.admin().ChangeAccount(user->id, std::move(change)));
  co_return std::move(changed.user);
}

Task<Status> Administration::Require(UserId user) {
  const Result<User> found = co_await store_.accounts().FindUser(user);
  if (found.ok() && found->admin && !found->disabled) co_return Status::Ok();
  if (found.ok() || found.status().code() == StatusCode::kNotFound) {
    co_return PermissionDenied("only administrators may do this");
  }
  co_return found.status();
}

// -- People ---------------------------------------------------------------------------------------

Task<Result<Person>> Administration::ToPerson(User user) {
  PARLEY_CO_ASSIGN(const std::vector<Session> sessions,
                   co_await store_.accounts().ListSessions(user.id));
  const TimePoint now = clock_.Now();
  const auto alive = std::ranges::count_if(sessions, [&](const Session& session) {
    return now - session.last_used_at <= kSessionLifetime;
  });
  co_return Person{std::move(user), static_cast<std::size_t>(alive)};
}

Task<Result<PersonPage>> Administration::ListPeople(std::string query, std::string after,
                                                    std::size_t limit) {
  const std::size_t most = limits_.Get().display_name_chars;
  if (CountChars(query) > most) {
    co_return InvalidField("query", fmt::format("at most {} characters", most));
  }
  PARLEY_CO_ASSIGN(std::vector<User> users, co_await store_.accounts().SearchUsers(
                                                std::move(query), limit + 1, std::move(after)));
  PersonPage page;
  if (users.size() > limit) {
    users.resize(limit);
    page.next = users.back().username;
  }
  page.items.reserve(users.size());
  for (User& user : users) {
    PARLEY_CO_ASSIGN(Person person, co_await ToPerson(std::move(user)));
    page.items.push_back(std::move(person));
  }
  co_return std::move(page);
}

Task<Result<Person>> Administration::GetPerson(UserId id) {
  Result<User> user = co_await store_.accounts().FindUser(id);
  PARLEY_CO_TRY(OfPerson(user.status()));
  co_return co_await ToPerson(*std::move(user));
}

Task<Result<PersonChanged>> Administration::ChangePerson(UserId admin, UserId id,
                                                         PersonChange change) {
  Result<User> before = co_await store_.accounts().ReadUser(id);
  PARLEY_CO_TRY(OfPerson(before.status()));
  if (admin == id && change.disabled.value_or(false)) {
    co_return Conflict("you cannot disable yourself: another administrator can");
  }
  if (admin == id && !change.admin.value_or(true)) {
    co_return Conflict("you cannot unmake yourself: another administrator can");
  }
  storage::AccountChange written;
  if (change.disabled && *change.disabled != before->disabled) {
    written.disabled = change.disabled;
    written.audit.push_back(Entry(
        admin, *change.disabled ? AuditAction::kPersonDisable : AuditAction::kPersonEnable, id));
    if (*change.disabled) written.sessions = storage::SessionsAfter::kEnded;
  }
  if (change.admin && *change.admin != before->admin) {
    written.admin = change.admin;
    written.audit.push_back(
        Entry(admin, *change.admin ? AuditAction::kPersonPromote : AuditAction::kPersonDemote, id));
  }
  PersonChanged answer;
  User after = *std::move(before);
  if (!written.audit.empty()) {
    Result<storage::AccountChanged> changed =
        co_await store_.admin().ChangeAccount(id, std::move(written));
    PARLEY_CO_TRY(OfPerson(changed.status()));
    answer.ended = IdsOf(changed->ended);
    after = std::move(changed->user);
  }
  PARLEY_CO_ASSIGN(answer.person, co_await ToPerson(std::move(after)));
  co_return std::move(answer);
}

Task<Result<std::vector<SessionId>>> Administration::SignOut(UserId admin, UserId id) {
  storage::AccountChange change;
  change.sessions = storage::SessionsAfter::kEnded;
  change.audit.push_back(Entry(admin, AuditAction::kPersonSignOut, id));
  const Result<storage::AccountChanged> changed =
      co_await store_.admin().ChangeAccount(id, std::move(change));
  PARLEY_CO_TRY(OfPerson(changed.status()));
  co_return IdsOf(changed->ended);
}

// -- Settings, audit log --------------------------------------------------------------------------

Task<Status> Administration::SetRegistration(UserId admin, RegistrationMode mode) {
  PARLEY_CO_ASSIGN(const RegistrationMode before, co_await sign_up_.Mode());
  co_return co_await sign_up_.SetMode(mode,
                                      Entry(admin, AuditAction::kSettingsRegistration, std::nullopt,
                                            {{"from", std::string(RegistrationModeName(before))},
                                             {"to", std::string(RegistrationModeName(mode))}}));
}

Task<Result<AuditPage>> Administration::ListAudit(std::optional<AuditId> before,
                                                  std::size_t limit) {
  PARLEY_CO_ASSIGN(std::vector<AuditEntry> entries,
                   co_await store_.admin().ListAudit(before, limit + 1));
  AuditPage page;
  if (entries.size() > limit) {
    entries.resize(limit);
    page.next = entries.back().id;
  }
  page.items.reserve(entries.size());
  for (AuditEntry& entry : entries) {
    AuditItem item{std::move(entry), std::nullopt};
    if (item.entry.admin) {
      PARLEY_CO_ASSIGN(item.admin, co_await store_.accounts().FindUser(*item.entry.admin));
    }
    page.items.push_back(std::move(item));
  }
  co_return std::move(page);
}

Task<Status> Administration::DropOldAudit(std::chrono::days days) {
  co_return co_await store_.admin().DropAudit(clock_.Now() - days);
}

}  // namespace parley::auth
