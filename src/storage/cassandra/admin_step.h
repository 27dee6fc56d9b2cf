#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/administration.h"
#include "model/user.h"
#include "storage/admin_store.h"

namespace parley::storage::cassandra {

/// A setting with its new value.
struct SettingChange {
  std::string name;
  std::string value;

  bool operator==(const SettingChange&) const = default;
};

/// What an administrator does, as a whole: all of it is decided at once, then done bit by bit.
/// Doing a bit again changes nothing.
struct AdminStep {
  std::optional<TokenHash> claim;          ///< taken away; must be there
  std::optional<InvitationId> invitation;  ///< deleted; must be there
  std::optional<UserId> user;              ///< whom the next four are about; must be there
  std::optional<bool> admin;
  std::optional<bool> disabled;
  SessionsAfter sessions = SessionsAfter::kKept;
  std::optional<PasswordReset> reset;
  std::optional<SettingChange> setting;
  std::vector<AuditEntry> audit;

  bool operator==(const AdminStep&) const = default;
};

/// As it is kept in the journal until it is done. It may grow as the records of wire/records.h do.
std::string EncodeStep(const AdminStep& step);
Result<AdminStep> DecodeStep(std::string_view bytes);

}  // namespace parley::storage::cassandra
