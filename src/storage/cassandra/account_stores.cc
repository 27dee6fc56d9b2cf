#include "storage/cassandra/account_stores.h"

namespace parley::storage::cassandra {

AccountStores::AccountStores(AccountStatements statements, Clock& clock)
    : statements_(statements), invitation_uses_(invitations_, names_, clock) {}

Result<std::unique_ptr<AccountStores>> AccountStores::Open(Session& session, Clock& clock) {
  PARLEY_ASSIGN(const AccountStatements statements, AccountStatements::Prepare(session));
  return std::make_unique<AccountStores>(statements, clock);
}

}  // namespace parley::storage::cassandra
