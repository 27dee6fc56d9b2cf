#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "runtime/task.h"
#include "storage/cassandra/session.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {

/// How often a partition has been changed, and by whom lately: what a conditional change is made
/// on. Each change counts one further and signs with a number of its own (a nonce); the last
/// kRecent signatures are kept, so that a change whose answer was lost is recognised as long as no
/// more than that have followed.
struct Version {
  static constexpr std::size_t kRecent = 8;

  std::int64_t number = 0;  ///< 0: never changed (null in the table)
  std::string recent;       ///< signatures, newest first

  /// The one after this, signed.
  Version Next(const Uuid& nonce) const;
  bool SignedBy(const Uuid& nonce) const;

  bool operator==(const Version&) const = default;
};

/// A signature that nobody else makes.
Uuid NewNonce();

/// The number as the column that conditions compare: null for 0.
Value VersionValue(const Version& version);
/// From the columns `version` and `recent`; both null where nothing was ever written.
Result<Version> ReadVersion(Cell number, Cell recent);

// -- Trying again ---------------------------------------------------------------------------------

/// A change is tried again so often when others come before it...
inline constexpr int kChangeAttempts = 32;
/// ...and then given up, with this.
Status TooManyChanges();

/// Waits before the next attempt (0, 1, ...), a random time that grows: who change the same thing
/// at once get out of each other's way.
runtime::Task<void> BackOff(int attempt);

/// Executes what may be done twice, some times if the database does not answer: many conditional
/// changes of one partition at once keep each other from ending in time, even reads.
runtime::Task<Result<Rows>> ExecuteRepeatedly(Session* session, Bound bound);

// -- Changing -------------------------------------------------------------------------------------

/// Whether a conditional change happened.
enum class Changed {
  kYes,
  kNo,  ///< somebody else's came before: certainly nothing was written
};

/// What a conditional change is made of.
struct VersionedChange {
  std::vector<Bound> batch;  ///< one partition; one of them has the condition `version = before`
  Bound read;                ///< its columns `version` and `recent`, in this order, serially
  Version before;
  Uuid nonce;  ///< with which the new version is signed
};

/// Executes the change. Where its outcome is unknown it reads (a serial read also ends the change:
/// what it does not show will not happen any more) and tells by the signature. kUnknown where that
/// tells nothing either; else the session's errors.
runtime::Task<Result<Changed>> WriteVersioned(Session* session, VersionedChange change);

}  // namespace parley::storage::cassandra
