#pragma once

#include <string_view>

#include <rocksdb/write_batch.h>

#include "model/administration.h"
#include "model/user.h"
#include "storage/rocks/database.h"

namespace parley::storage::rocks {

// What the writes of accounts are put together from; each adds to `batch`.

void PutUser(rocksdb::WriteBatch& batch, const Database& db, const User& user);
/// The person with name, password and search terms.
void PutNewUser(rocksdb::WriteBatch& batch, const Database& db, const User& user,
                std::string_view password_hash);
void PutPasswordHash(rocksdb::WriteBatch& batch, const Database& db, UserId user,
                     std::string_view password_hash);
void DropSession(rocksdb::WriteBatch& batch, const Database& db, const Session& session);
void PutAudit(rocksdb::WriteBatch& batch, const Database& db, const AuditEntry& entry);

/// For the index of the search for people.
void ReplaceTerms(rocksdb::WriteBatch& batch, const Database& db, const User& before,
                  const User& after);

}  // namespace parley::storage::rocks
