#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth/cursor.h"
#include "base/clock.h"
#include "base/result.h"
#include "chat/sync_plan.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::chat {

/// Finds what a client that comes back has to be told: compares the heads that it holds with those
/// that are, and finds by the cursor what it does not know of. Reads one cached head per
/// conversation of the person, and no log. Any shard.
class SyncPlanner {
 public:
  /// A change may become visible this much later than its time says: cursors lie so far back.
  static constexpr std::chrono::minutes kSlack{2};

  SyncPlanner(storage::Store& store, Clock& clock, auth::CursorSealer sealer)
      : store_(store), clock_(clock), sealer_(std::move(sealer)) {}

  std::string MakeCursor(UserId user) const;
  runtime::Task<Result<SyncPlan>> Plan(UserId user,
                                       std::vector<std::pair<ConversationId, Seq>> heads,
                                       std::optional<std::string> cursor);

 private:
  Result<TimePoint> OpenCursor(UserId user, const std::string& cursor) const;

  storage::Store& store_;
  Clock& clock_;
  const auth::CursorSealer sealer_;
};

}  // namespace parley::chat
