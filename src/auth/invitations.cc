#include "auth/invitations.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "auth/audit.h"
#include "auth/token.h"
#include "base/uuid.h"

namespace parley::auth {
namespace {

using runtime::Task;

Status NoSuchInvitation() {
  return NotFound("this invitation is not valid: it has expired, or was used or taken back");
}

Status CheckForm(const InvitationRequest& request) {
  if (request.max_uses < 1 || request.max_uses > kInvitationMaxUses) {
    return InvalidField("max_uses", fmt::format("must be 1 to {}", kInvitationMaxUses));
  }
  if (request.life < kInvitationMinLife || request.life > kInvitationMaxLife) {
    return InvalidField("expires_in_ms", "must be one hour to 30 days");
  }
  return Status::Ok();
}

}  // namespace

Task<Result<NewInvitation>> InvitationService::Create(UserId user, InvitationRequest request) {
  PARLEY_CO_TRY(CheckForm(request));
  if (mode_ == InvitationMode::kAdmins) {
    PARLEY_CO_ASSIGN(const User inviter, co_await store_.accounts().FindUser(user));
    if (!inviter.admin) co_return PermissionDenied("only administrators invite people here");
  }
  NewToken token = MakeToken(TokenKind::kInvitation, random_);
  Invitation invitation;
  invitation.created_at = clock_.Now();
  invitation.id = InvitationId(ids_.Next(invitation.created_at));
  invitation.token_hash = token.hash;
  invitation.created_by = user;
  invitation.expires_at = invitation.created_at + request.life;
  invitation.max_uses = request.max_uses;
  const std::size_t per_person = limits_.Get().invitations_per_person;
  const Status created = co_await store_.admin().CreateInvitation(invitation, per_person);
  if (created.code() == StatusCode::kConflict) {
    co_return Conflict(fmt::format(
        "you have {} invitations that can still be used: take one back first", per_person));
  }
  PARLEY_CO_TRY(created);
  co_return NewInvitation{invitation, std::move(token.text)};
}

Task<Result<InvitationPage>> InvitationService::List(UserId user, std::optional<InvitationId> after,
                                                     std::size_t limit) {
  PARLEY_CO_ASSIGN(std::vector<Invitation> all, co_await store_.admin().ListInvitations(user));
  const TimePoint now = clock_.Now();
  std::erase_if(all, [&](const Invitation& each) {
    return each.expires_at <= now || (after && each.id >= *after);
  });
  InvitationPage page;
  if (all.size() > limit) {
    all.resize(limit);
    page.next = all.back().id;
  }
  page.items = std::move(all);
  co_return std::move(page);
}

Task<Status> InvitationService::Revoke(UserId user, InvitationId id) {
  const Status none = NotFound("you have no such invitation");
  const Result<Invitation> found = co_await store_.admin().FindInvitation(id);
  if (found.status().code() == StatusCode::kNotFound) co_return none;
  PARLEY_CO_TRY(found.status());
  std::optional<AuditEntry> entry;
  if (found->created_by != user) {
    PARLEY_CO_ASSIGN(const User caller, co_await store_.accounts().FindUser(user));
    if (!caller.admin) co_return none;
    entry = MakeAuditEntry(clock_, ids_, user, AuditAction::kInvitationRevoke, found->created_by,
                           {{"invitation_id", id.ToString()}});
  }
  const Status deleted = co_await store_.admin().DeleteInvitation(id, std::move(entry));
  if (deleted.code() == StatusCode::kNotFound) co_return none;
  co_return deleted;
}

Task<Result<Invite>> InvitationService::FindGood(std::string token) {
  const std::optional<TokenHash> hash = ParseToken(TokenKind::kInvitation, token);
  if (!hash) co_return NoSuchInvitation();
  Result<Invitation> found = co_await store_.admin().FindInvitationByToken(*hash);
  if (found.status().code() == StatusCode::kNotFound) co_return NoSuchInvitation();
  PARLEY_CO_TRY(found.status());
  if (!found->IsGood(clock_.Now())) co_return NoSuchInvitation();
  Result<User> inviter = co_await store_.accounts().ReadUser(found->created_by);
  if (inviter.status().code() == StatusCode::kNotFound) co_return NoSuchInvitation();
  PARLEY_CO_TRY(inviter.status());
  if (inviter->disabled) co_return NoSuchInvitation();
  co_return Invite{*std::move(found), *std::move(inviter)};
}

}  // namespace parley::auth
