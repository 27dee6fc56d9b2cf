#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "storage/cassandra/conversation_statements.h"
#include "storage/conversation_store.h"

namespace parley::storage::cassandra {

/// The reads of people in conversations, as ConversationStore has them. Await on a shard.
class MemberReads {
 public:
  MemberReads(Session& session, const ConversationStatements& statements)
      : session_(session), statements_(statements) {}

  runtime::Task<Result<std::vector<Membership>>> ReadMemberships(UserId user);
  runtime::Task<Result<std::optional<Membership>>> FindMembership(UserId user,
                                                                  ConversationId conversation);
  runtime::Task<Result<std::vector<Position>>> ReadPositions(ConversationId conversation,
                                                             std::vector<Member> members);
  runtime::Task<Result<std::size_t>> CountMentions(UserId user, ConversationId conversation,
                                                   Seq after, std::size_t cap);
  runtime::Task<Result<std::optional<SentRow>>> FindSent(ConversationId conversation, UserId sender,
                                                         ClientId client_id, TimePoint not_before);

 private:
  Session& session_;
  const ConversationStatements& statements_;
};

}  // namespace parley::storage::cassandra
