#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/account_version.h"
#include "storage/cassandra/admin_step.h"
#include "storage/cassandra/audit_rows.h"
#include "storage/cassandra/invitation_rows.h"
#include "storage/cassandra/session_rows.h"
#include "storage/cassandra/user_rows.h"

namespace parley::storage::cassandra {

/// Who may do a step.
enum class Entitled {
  kAdministrators,  ///< those that its audit entries name must be administrators, not disabled
  kAnyone,
};

/// One after the other, all over the fleet, steps of administration are decided and done: the
/// journal is one row with a number and at most one step that is decided but not known to be done.
///
/// A step is checked against what all steps before it left, and decided by one conditional write of
/// that row; from then on it happens, whoever dies. Its bits in other partitions follow, each safe
/// to be done again and (by the step's number) never over those of a later step. Whoever finds a
/// step there does its bits first. Only steps take administrators' rights away, so what was checked
/// still holds when the step is decided.
///
/// Threads and lifetime as AdminStore.
class AdminJournal {
 public:
  AdminJournal(const AccountStatements& statements, UserRows& users, SessionRows& sessions,
               InvitationRows& invitations, AuditRows& audit)
      : cql_(statements),
        users_(users),
        sessions_(sessions),
        invitations_(invitations),
        audit_(audit) {}

  /// Decides and does the step. kNotFound, kPermissionDenied: not decided. kUnknown: it may be
  /// decided, and is then done by the next who comes. Answers the step's user (if it has one) as
  /// they are then, and the sessions that it ended.
  runtime::Task<Result<AccountChanged>> Run(AdminStep step, Entitled who);
  /// Does what was decided and is not known to be done. OK if there is nothing.
  runtime::Task<Status> FinishPending();

  // -- The parts of Run, for tests ----------------------------------------------------------------

  /// The number of the step; nothing if another step was decided meanwhile.
  runtime::Task<Result<std::optional<std::int64_t>>> Decide(AdminStep step, Entitled who);
  /// All bits of it, then the journal is free again.
  runtime::Task<Result<AccountChanged>> Do(AdminStep step, std::int64_t number);

 private:
  struct Journal {
    Version version;
    std::string step;  ///< empty: none
  };

  runtime::Task<Result<Journal>> Read();
  runtime::Task<Result<Changed>> Write(Journal before, std::string step);
  /// Reads the journal, and does what it finds there; so what it answers has no step.
  runtime::Task<Result<Journal>> ReadFinished();
  runtime::Task<Status> Check(AdminStep step, Entitled who);
  runtime::Task<Status> CheckAdmin(UserId admin);
  runtime::Task<Result<AccountChanged>> ChangeUser(UserId id, AdminStep step, std::int64_t number);

  const AccountStatements& cql_;
  UserRows& users_;
  SessionRows& sessions_;
  InvitationRows& invitations_;
  AuditRows& audit_;
};

}  // namespace parley::storage::cassandra
