#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ordered_uuids.h"
#include "base/random.h"
#include "base/result.h"
#include "model/administration.h"
#include "model/live_limits.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::auth {

/// Who may invite (setting accounts.invitations).
enum class InvitationMode : std::uint8_t { kEveryone, kAdmins };

inline constexpr std::uint32_t kInvitationMaxUses = 1'000;
inline constexpr std::chrono::hours kInvitationMinLife{1};
inline constexpr std::chrono::hours kInvitationMaxLife{24 * 30};
inline constexpr std::chrono::hours kInvitationLife{24 * 7};

/// What somebody asks for; within the bounds above, else kInvalidArgument with the field.
struct InvitationRequest {
  std::uint32_t max_uses = 1;
  std::chrono::milliseconds life = kInvitationLife;
};

/// The answer to making one; the only time that the token is known.
struct NewInvitation {
  Invitation invitation;
  std::string token;
};

/// One page of a person's invitations.
struct InvitationPage {
  std::vector<Invitation> items;
  std::optional<InvitationId> next;  ///< what to go on behind; nothing at the end
};

/// An invitation as who holds its link may see it.
struct Invite {
  Invitation invitation;
  User inviter;
};

/// Invitations: who makes them, who sees them, when one is good. Await on a shard, any shard;
/// nothing is cancelled. All that it uses must outlive it and its tasks.
class InvitationService {
 public:
  /// Of `limits`: how many that are good one person may have.
  InvitationService(storage::Store& store, Clock& clock, Random& random, InvitationMode mode,
                    LiveLimits limits)
      : store_(store), clock_(clock), random_(random), mode_(mode), limits_(std::move(limits)) {}

  /// kPermissionDenied where only administrators invite; kConflict for one too many.
  runtime::Task<Result<NewInvitation>> Create(UserId user, InvitationRequest request);
  /// Those that have not expired, newest first, at most `limit`, from behind `after` on.
  runtime::Task<Result<InvitationPage>> List(UserId user, std::optional<InvitationId> after,
                                             std::size_t limit);
  /// One's own, or as an administrator anybody's; kNotFound for every other.
  runtime::Task<Status> Revoke(UserId user, InvitationId invitation);

  /// What an account may be made with now: kNotFound, in the same words, for a token that is none,
  /// unknown, expired or used up, and where who invites is disabled.
  runtime::Task<Result<Invite>> FindGood(std::string token);

 private:
  storage::Store& store_;
  Clock& clock_;
  Random& random_;
  OrderedUuids ids_{random_};
  const InvitationMode mode_;
  const LiveLimits limits_;
};

}  // namespace parley::auth
