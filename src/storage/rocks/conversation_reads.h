#pragma once

#include <optional>
#include <vector>

#include "storage/conversation_store.h"
#include "storage/rocks/database.h"

namespace parley::storage::rocks {

/// The reads of conversations, as ConversationStore promises them, on the calling thread. Any
/// thread; they block on the disk, but where they are told to go no deeper than memory. Then they
/// are short as well: kUnavailable for a list of more than kQuickRows.
class ConversationReads {
 public:
  explicit ConversationReads(const Database& db) : db_(db) {}

  Result<Seq> ReadHeadSeq(ConversationId conversation) const;
  Result<std::vector<EntryPtr>> ReadEntries(ConversationId conversation, Seq after,
                                            std::size_t limit, std::size_t max_bytes,
                                            Depth depth = Depth::kDisk) const;
  Result<std::vector<EntryPtr>> ReadMessages(ConversationId conversation, MessageSlice slice,
                                             Depth depth = Depth::kDisk) const;

  Result<SnapshotPtr> ReadSnapshot(ConversationId conversation, Depth depth = Depth::kDisk) const;
  Result<std::vector<SnapshotPtr>> ReadSnapshots(const std::vector<ConversationId>& conversations,
                                                 Depth depth = Depth::kDisk) const;

  bool MayHaveSent(ConversationId conversation, UserId sender, ClientId client_id) const;
  Result<std::optional<SentRow>> FindSent(ConversationId conversation, UserId sender,
                                          ClientId client_id, TimePoint not_before,
                                          Depth depth = Depth::kDisk) const;

  Result<std::vector<Membership>> ReadMemberships(UserId user, Depth depth = Depth::kDisk) const;
  Result<std::optional<Membership>> FindMembership(UserId user, ConversationId conversation,
                                                   Depth depth = Depth::kDisk) const;
  Result<std::vector<Position>> ReadPositions(ConversationId conversation,
                                              const std::vector<Member>& members,
                                              Depth depth = Depth::kDisk) const;
  Result<std::size_t> CountMentions(UserId user, ConversationId conversation, Seq after,
                                    std::size_t cap, Depth depth = Depth::kDisk) const;

 private:
  const Database& db_;
};

}  // namespace parley::storage::rocks
