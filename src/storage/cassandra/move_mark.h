#pragma once

#include <span>
#include <string_view>

#include "base/status.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// CREATE TABLE IF NOT EXISTS {keyspace}.moves: one row, where data were moved here. Its
/// `progress` is written plainly, with a time of its own; all else by conditions.
std::span<const std::string_view> MoveTables();

/// kInvalidArgument, saying what to do, where a move into the keyspace was begun and has not
/// finished: nothing in it may be believed. Blocks; from no shard; the table must be there.
Status CheckNotHalfMoved(Session& session);

}  // namespace parley::storage::cassandra
