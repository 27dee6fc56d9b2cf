#pragma once

#include <span>
#include <string_view>

namespace parley::storage::cassandra {

/// The tables of people, sessions, administration, keys and settings: CREATE TABLE statements, one
/// each, with "{keyspace}" to be filled in. docs/storage.md says how they work together.
///
/// A table, or a part of one, is either changed by conditional statements alone or by plain ones
/// alone: no column is ever written both ways.
std::span<const std::string_view> AccountTables();

}  // namespace parley::storage::cassandra
