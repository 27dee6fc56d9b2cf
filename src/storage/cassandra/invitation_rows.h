#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "model/administration.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/account_version.h"

namespace parley::storage::cassandra {

/// An account that is being made with an invitation: a use that is reserved.
struct Making {
  UserId user;
  std::string username;
  TimePoint since;

  bool operator==(const Making&) const = default;
};

std::string EncodeMakings(const std::vector<Making>& makings);
Result<std::vector<Making>> DecodeMakings(std::string_view bytes);

/// An invitation with the accounts that are being made with it.
struct InvitationRow {
  Invitation invitation;  ///< `used`: by accounts that are there
  std::vector<Making> making;

  /// As it is shown: what is reserved counts as used.
  Invitation Shown() const;

  bool operator==(const InvitationRow&) const = default;
};

/// All invitations of one person: a partition, changed as a whole.
struct InvitationsRow {
  Version version;
  std::vector<InvitationRow> rows;

  /// Null where there is none.
  InvitationRow* Find(InvitationId id);
};

/// Invitations, each atomically. Threads and lifetime as AdminStore, whose functions these are
/// where they have the same names.
class InvitationRows {
 public:
  /// Whose an invitation is.
  struct Place {
    UserId created_by;
    InvitationId id;
  };
  /// As UserRows::ChangeRow.
  using ChangeRow = UniqueFunction<Result<bool>(InvitationsRow& row)>;

  explicit InvitationRows(const AccountStatements& statements) : cql_(statements) {}

  runtime::Task<Status> Create(Invitation invitation, std::size_t limit);
  runtime::Task<Result<Invitation>> Find(InvitationId id);
  runtime::Task<Result<std::vector<Invitation>>> List(UserId user);
  /// kNotFound if it is not there (any more).
  runtime::Task<Status> Delete(InvitationId id);

  runtime::Task<Result<Place>> PlaceOf(TokenHash token_hash);
  runtime::Task<Result<InvitationRow>> Read(Place place);
  runtime::Task<Result<InvitationsRow>> Change(UserId created_by, ChangeRow change);

 private:
  runtime::Task<Result<Place>> PlaceOfKey(std::string key);
  runtime::Task<Result<InvitationsRow>> ReadAll(const Statement* statement, UserId created_by);
  std::vector<Bound> Batch(UserId created_by, const InvitationsRow& before,
                           const InvitationsRow& after, const Version& next) const;
  runtime::Task<void> DropKeys(std::vector<Invitation> gone);

  const AccountStatements& cql_;
};

Status NoSuchInvitation();

}  // namespace parley::storage::cassandra
