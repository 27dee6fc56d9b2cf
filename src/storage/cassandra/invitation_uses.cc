#include "storage/cassandra/invitation_uses.h"

#include <algorithm>
#include <utility>

namespace parley::storage::cassandra {

runtime::Task<Status> InvitationUses::Reserve(InvitationRows::Place place, User user) {
  const Result<InvitationsRow> changed = co_await invitations_.Change(
      place.created_by, [place, user = std::move(user)](InvitationsRow& all) -> Result<bool> {
        InvitationRow* const row = all.Find(place.id);
        if (row == nullptr || !row->Shown().IsGood(user.created_at)) return NoSuchInvitation();
        if (row->making.size() >= kMakingMax) {
          return Unavailable("too many accounts are made with this link now: please try again");
        }
        row->making.push_back(
            {.user = user.id, .username = user.username, .since = user.created_at});
        return true;
      });
  co_return changed.status();
}

runtime::Task<Status> InvitationUses::Conclude(InvitationRows::Place place, UserId user,
                                               bool made) {
  const Result<InvitationsRow> changed = co_await invitations_.Change(
      place.created_by, [place, user, made](InvitationsRow& all) -> Result<bool> {
        InvitationRow* const row = all.Find(place.id);
        if (row == nullptr) return false;  // deleted meanwhile
        if (std::erase_if(row->making,
                          [user](const Making& making) { return making.user == user; }) == 0) {
          return false;
        }
        if (made) ++row->invitation.used;
        return true;
      });
  co_return changed.status();
}

runtime::Task<Status> InvitationUses::SettleOld(InvitationRows::Place place, InvitationRow row,
                                                TimePoint now) {
  for (const Making& making : row.making) {
    if (making.since + kMakingTime > now) continue;
    PARLEY_CO_ASSIGN(const bool made, co_await names_.Settle(making.user, making.username));
    PARLEY_CO_TRY(co_await Conclude(place, making.user, made));
  }
  co_return Status::Ok();
}

runtime::Task<Result<Invitation>> InvitationUses::FindInvitationByToken(TokenHash token_hash) {
  PARLEY_CO_ASSIGN(const InvitationRows::Place place, co_await invitations_.PlaceOf(token_hash));
  PARLEY_CO_ASSIGN(InvitationRow row, co_await invitations_.Read(place));
  if (row.invitation.token_hash != token_hash) co_return NoSuchInvitation();
  if (row.making.empty()) co_return row.Shown();
  PARLEY_CO_TRY(co_await SettleOld(place, std::move(row), clock_.Now()));
  PARLEY_CO_ASSIGN(const InvitationRow settled, co_await invitations_.Read(place));
  co_return settled.Shown();
}

runtime::Task<Result<User>> InvitationUses::CreateInvitedUser(User user, std::string password_hash,
                                                              TokenHash invitation) {
  const Status taken = (co_await names_.Find(user.username)).status();
  if (taken.ok()) co_return Conflict("the username is taken");
  if (taken.code() != StatusCode::kNotFound) co_return taken;

  PARLEY_CO_TRY((co_await FindInvitationByToken(invitation)).status());
  PARLEY_CO_ASSIGN(const InvitationRows::Place place, co_await invitations_.PlaceOf(invitation));
  PARLEY_CO_TRY(co_await Reserve(place, user));
  user.invited_by = place.created_by;
  const Status created = co_await names_.Create(user, std::move(password_hash));
  if (created.code() == StatusCode::kUnknown) co_return created;  // whoever looks next settles it
  IgnoreStatus(co_await Conclude(place, user.id, created.ok()), "whoever looks next settles it");
  if (!created.ok()) co_return created;
  co_return std::move(user);
}

}  // namespace parley::storage::cassandra
