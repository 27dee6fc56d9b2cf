#include "storage/cassandra/admin_journal.h"

#include <utility>

#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

/// Looks at a step of somebody else's before it is taken for left behind: half a second or so.
constexpr int kWaitsForOthers = 5;
/// Of doing one's own step, before it is left to the next who comes.
constexpr int kDoAttempts = 3;

Status NotFinished(const Status& why) {
  return {StatusCode::kUnknown, "it was decided, and will be finished: " + why.ToString()};
}

/// OK where it is only that what was to be gone is gone.
Status GoneIsFine(const Status& status) {
  return status.code() == StatusCode::kNotFound ? Status::Ok() : status;
}

}  // namespace

// -- The row --------------------------------------------------------------------------------------

runtime::Task<Result<AdminJournal::Journal>> AdminJournal::Read() {
  PARLEY_CO_ASSIGN(const Rows rows,
                   co_await ExecuteRepeatedly(cql_.session, Bind(*cql_.journal_read)));
  Journal journal;
  if (rows.empty()) co_return std::move(journal);
  PARLEY_CO_ASSIGN(journal.version, ReadVersion(rows[0][0], rows[0][1]));
  journal.step = rows[0][2].value_or("");
  co_return std::move(journal);
}

runtime::Task<Result<Changed>> AdminJournal::Write(Journal before, std::string step) {
  const Uuid nonce = NewNonce();
  const Version next = before.version.Next(nonce);
  VersionedChange change{.batch = {},
                         .read = Bind(*cql_.journal_read_serial),
                         .before = before.version,
                         .nonce = nonce};
  change.batch.push_back(Bind(*cql_.journal_write, VersionValue(next), BlobValue(next.recent),
                              step.empty() ? NullValue() : BlobValue(std::move(step)),
                              VersionValue(before.version)));
  return WriteVersioned(cql_.session, std::move(change));
}

runtime::Task<Result<AdminJournal::Journal>> AdminJournal::ReadFinished() {
  std::int64_t seen = 0;
  int waits = 0;
  for (int attempt = 0; attempt < kChangeAttempts; ++attempt) {
    PARLEY_CO_ASSIGN(Journal journal, co_await Read());
    if (journal.step.empty()) co_return std::move(journal);
    // Whoever decided it does it now, most likely: helping would be in the way.
    if (journal.version.number != seen) waits = 0;
    seen = journal.version.number;
    if (waits++ < kWaitsForOthers) {
      co_await BackOff(waits);
      continue;
    }
    PARLEY_CO_ASSIGN(AdminStep step, DecodeStep(journal.step));
    PARLEY_CO_TRY((co_await Do(std::move(step), seen)).status());
  }
  co_return TooManyChanges();
}

runtime::Task<Status> AdminJournal::FinishPending() {
  co_return (co_await ReadFinished()).status();
}

// -- Deciding -------------------------------------------------------------------------------------

runtime::Task<Status> AdminJournal::CheckAdmin(UserId admin) {
  PARLEY_CO_ASSIGN(const UserRow row, co_await users_.Read(admin, UserPart::kPerson));
  if (row.user && row.user->admin && !row.user->disabled) co_return Status::Ok();
  co_return PermissionDenied("only administrators may do this");
}

runtime::Task<Status> AdminJournal::Check(AdminStep step, Entitled who) {
  if (step.claim) {
    PARLEY_CO_ASSIGN(const Rows rows, co_await cql_.session->Execute(
                                          Bind(*cql_.admin_claim_read, BlobValue(*step.claim))));
    if (rows.empty()) co_return NotFound("no such claim");
  }
  if (step.invitation) PARLEY_CO_TRY((co_await invitations_.Find(*step.invitation)).status());
  if (step.user) {
    PARLEY_CO_ASSIGN(const UserRow row, co_await users_.Read(*step.user, UserPart::kPerson));
    if (!row.user) co_return NoSuchUser();
  }
  if (who == Entitled::kAnyone) co_return Status::Ok();
  for (const AuditEntry& entry : step.audit) {
    if (entry.admin) PARLEY_CO_TRY(co_await CheckAdmin(*entry.admin));
  }
  co_return Status::Ok();
}

runtime::Task<Result<std::optional<std::int64_t>>> AdminJournal::Decide(AdminStep step,
                                                                        Entitled who) {
  PARLEY_CO_ASSIGN(Journal journal, co_await ReadFinished());
  PARLEY_CO_TRY(co_await Check(step, who));
  const std::int64_t number = journal.version.number + 1;
  PARLEY_CO_ASSIGN(const Changed changed, co_await Write(std::move(journal), EncodeStep(step)));
  if (changed == Changed::kNo) co_return std::optional<std::int64_t>();
  co_return std::optional(number);
}

runtime::Task<Result<AccountChanged>> AdminJournal::Run(AdminStep step, Entitled who) {
  for (int attempt = 0; attempt < kChangeAttempts; ++attempt) {
    // Those that it ends, should somebody else finish it before us.
    std::vector<parley::Session> before;
    if (step.user && step.sessions == SessionsAfter::kEnded) {
      PARLEY_CO_ASSIGN(before, co_await sessions_.List(*step.user));
    }
    PARLEY_CO_ASSIGN(const std::optional<std::int64_t> number, co_await Decide(step, who));
    if (!number) {
      co_await BackOff(attempt);
      continue;
    }
    Result<AccountChanged> done = co_await Do(step, *number);
    for (int again = 1; !done.ok() && again < kDoAttempts; ++again) {
      co_await BackOff(again);
      done = co_await Do(step, *number);
    }
    if (!done.ok()) co_return NotFinished(done.status());
    if (done->ended.empty()) done->ended = std::move(before);
    co_return std::move(done);
  }
  co_return TooManyChanges();
}

// -- Doing ----------------------------------------------------------------------------------------

runtime::Task<Result<AccountChanged>> AdminJournal::ChangeUser(UserId id, AdminStep step,
                                                               std::int64_t number) {
  AccountChanged changed;
  std::optional<PasswordReset> replaced;
  const bool ends = step.sessions == SessionsAfter::kEnded;
  PARLEY_CO_ASSIGN(UserRow row,
                   co_await users_.Change(
                       id, ends ? UserPart::kAll : UserPart::kPerson,
                       [&step, number, ends, &changed, &replaced](UserRow& row) -> Result<bool> {
                         changed.ended.clear();
                         replaced.reset();
                         if (row.step >= number || !row.user) return false;
                         row.step = number;
                         if (step.admin) row.user->admin = *step.admin;
                         if (step.disabled) row.user->disabled = *step.disabled;
                         if (step.reset) replaced = std::exchange(row.reset, step.reset);
                         if (ends) changed.ended = std::exchange(row.sessions, {});
                         return true;
                       }));
  if (!row.user) co_return NoSuchUser();
  changed.user = *std::move(row.user);
  co_await sessions_.DropTokens(changed.ended);
  if (replaced) {
    IgnoreStatus((co_await cql_.session->Execute(
                      Bind(*cql_.reset_token_delete, BlobValue(replaced->token_hash))))
                     .status(),
                 "what is left leads nowhere");
  }
  co_return std::move(changed);
}

runtime::Task<Result<AccountChanged>> AdminJournal::Do(AdminStep step, std::int64_t number) {
  AccountChanged changed;
  if (step.user) {
    PARLEY_CO_ASSIGN(changed, co_await ChangeUser(*step.user, step, number));
  }
  if (step.setting) {
    PARLEY_CO_TRY(
        (co_await cql_.session->Execute(Bind(*cql_.setting_write, TextValue(step.setting->name),
                                             TextValue(step.setting->value), BigintValue(number))))
            .status());
  }
  if (step.invitation) PARLEY_CO_TRY(GoneIsFine(co_await invitations_.Delete(*step.invitation)));
  if (step.claim) {
    PARLEY_CO_TRY((co_await ExecuteRepeatedly(
                       cql_.session, Bind(*cql_.admin_claim_delete, BlobValue(*step.claim))))
                      .status());
  }
  PARLEY_CO_TRY(co_await audit_.Insert(step.audit));

  PARLEY_CO_ASSIGN(Journal journal, co_await Read());
  if (journal.version.number == number) {
    // If it fails, the next one does all this again.
    IgnoreStatus((co_await Write(std::move(journal), {})).status(),
                 "done again, it changes nothing");
  }
  co_return std::move(changed);
}

}  // namespace parley::storage::cassandra
