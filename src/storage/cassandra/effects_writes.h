#pragma once

#include <span>
#include <vector>

#include "storage/cassandra/conversation_statements.h"
#include "storage/cassandra/effects_fanout.h"
#include "storage/conversation_store.h"

namespace parley::storage::cassandra {

/// What is to be written for `effects`, which rest on entries up to `through`. Every row has the
/// seq that it comes from as its time: the highest stays, in whatever order and however often they
/// are written. Pure.
std::vector<PartitionWrite> WritesOf(const ConversationStatements& statements,
                                     ConversationId conversation, const Effects& effects,
                                     Seq through);

/// The same for positions alone; those that say nothing are left out.
std::vector<PartitionWrite> WritesOf(const ConversationStatements& statements,
                                     std::span<const PositionRow> rows);

}  // namespace parley::storage::cassandra
