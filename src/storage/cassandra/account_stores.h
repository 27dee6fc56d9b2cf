#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/accounts.h"
#include "storage/cassandra/admin.h"
#include "storage/cassandra/admin_journal.h"
#include "storage/cassandra/audit_rows.h"
#include "storage/cassandra/invitation_rows.h"
#include "storage/cassandra/invitation_uses.h"
#include "storage/cassandra/meta.h"
#include "storage/cassandra/search_rows.h"
#include "storage/cassandra/session_rows.h"
#include "storage/cassandra/user_names.h"
#include "storage/cassandra/user_rows.h"

namespace parley::storage::cassandra {

/// AccountStore, AdminStore and MetaStore on one session, put together from the rows that they
/// share.
class AccountStores {
 public:
  /// Prepares the statements: blocks, from no shard. AccountTables() must be there. `session` and
  /// `clock` outlive the stores, and these all tasks that use them.
  static Result<std::unique_ptr<AccountStores>> Open(Session& session, Clock& clock);

  AccountStore& accounts() { return accounts_; }
  AdminStore& admin() { return admin_; }
  MetaStore& meta() { return meta_; }

  // -- For tests: single steps of what the stores do ----------------------------------------------

  UserRows& users() { return users_; }
  UserNames& names() { return names_; }
  InvitationRows& invitations() { return invitations_; }
  InvitationUses& invitation_uses() { return invitation_uses_; }
  AdminJournal& journal() { return journal_; }

  AccountStores(AccountStatements statements, Clock& clock);
  AccountStores(const AccountStores&) = delete;
  AccountStores& operator=(const AccountStores&) = delete;

 private:
  const AccountStatements statements_;
  UserRows users_{statements_};
  SearchRows search_{statements_, users_};
  UserNames names_{statements_, users_, search_};
  SessionRows sessions_{statements_, users_};
  InvitationRows invitations_{statements_};
  InvitationUses invitation_uses_;
  AuditRows audit_{statements_};
  AdminJournal journal_{statements_, users_, sessions_, invitations_, audit_};
  CassandraAccounts accounts_{users_, names_, search_, sessions_, journal_};
  CassandraAdmin admin_{statements_,      users_, sessions_, invitations_,
                        invitation_uses_, audit_, journal_};
  CassandraMeta meta_{statements_};
};

}  // namespace parley::storage::cassandra
