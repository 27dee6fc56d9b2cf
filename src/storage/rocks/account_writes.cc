#include "storage/rocks/account_writes.h"

#include <set>
#include <string>

#include "storage/rocks/keys.h"
#include "storage/search_terms.h"
#include "wire/records.h"

namespace parley::storage::rocks {
namespace {

/// The key of a term of a user: the term, a zero byte, the user.
std::string SearchKey(std::string_view term, UserId user) {
  std::string key(term);
  key.push_back('\0');
  key += user.view();
  return key;
}

/// A term's row holds the username, so that matches can be ordered before they are read.
void PutTerm(rocksdb::WriteBatch& batch, const Database& db, const std::string& term,
             const User& user) {
  batch.Put(db.family(Family::kUserSearch), SearchKey(term, user.id), user.username)
      .PermitUncheckedError();
}

}  // namespace

void PutUser(rocksdb::WriteBatch& batch, const Database& db, const User& user) {
  std::string value;
  wire::AppendRecord(value, user);
  batch.Put(db.family(Family::kUsers), user.id.view(), value).PermitUncheckedError();
}

void PutPasswordHash(rocksdb::WriteBatch& batch, const Database& db, UserId user,
                     std::string_view password_hash) {
  batch.Put(db.family(Family::kPasswords), user.view(), password_hash).PermitUncheckedError();
}

void PutNewUser(rocksdb::WriteBatch& batch, const Database& db, const User& user,
                std::string_view password_hash) {
  PutUser(batch, db, user);
  batch.Put(db.family(Family::kUsernames), user.username, user.id.view()).PermitUncheckedError();
  PutPasswordHash(batch, db, user.id, password_hash);
  for (const std::string& term : SearchTerms(user)) PutTerm(batch, db, term, user);
}

void ReplaceTerms(rocksdb::WriteBatch& batch, const Database& db, const User& before,
                  const User& after) {
  const std::set<std::string> old_terms = SearchTerms(before);
  const std::set<std::string> new_terms = SearchTerms(after);
  for (const std::string& term : old_terms) {
    if (new_terms.contains(term)) continue;
    batch.Delete(db.family(Family::kUserSearch), SearchKey(term, after.id)).PermitUncheckedError();
  }
  for (const std::string& term : new_terms) {
    if (!old_terms.contains(term)) PutTerm(batch, db, term, after);
  }
}

void DropSession(rocksdb::WriteBatch& batch, const Database& db, const Session& session) {
  const Key key = PairKey(session.user, session.id);
  batch.Delete(db.family(Family::kSessions), Key().Add(session.token_hash).view())
      .PermitUncheckedError();
  batch.Delete(db.family(Family::kUserSessions), key.view()).PermitUncheckedError();
  batch.Delete(db.family(Family::kSessionUses), key.view()).PermitUncheckedError();
}

void PutAudit(rocksdb::WriteBatch& batch, const Database& db, const AuditEntry& entry) {
  std::string value;
  wire::AppendRecord(value, entry);
  batch.Put(db.family(Family::kAudit), entry.id.view(), value).PermitUncheckedError();
}

}  // namespace parley::storage::rocks
