#include <utility>

#include "storage/conversation_store.h"

namespace parley::storage {

Roster RosterOf(const ConversationSnapshot& snapshot) {
  return {.conversation = snapshot.info.id,
          .kind = snapshot.info.kind,
          .spoken_in = snapshot.head.n > 0,
          .members = snapshot.members};
}

runtime::Task<Result<std::vector<Roster>>> ConversationStore::ReadRosters(
    std::vector<ConversationId> conversations) {
  PARLEY_CO_ASSIGN(const std::vector<SnapshotPtr> snapshots,
                   co_await ReadSnapshots(std::move(conversations)));
  std::vector<Roster> rosters;
  rosters.reserve(snapshots.size());
  for (const SnapshotPtr& snapshot : snapshots) rosters.push_back(RosterOf(*snapshot));
  co_return rosters;
}

}  // namespace parley::storage
