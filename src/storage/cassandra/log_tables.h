#pragma once

#include <span>
#include <string_view>

namespace parley::storage::cassandra {

/// The tables of conversations: one CREATE TABLE IF NOT EXISTS each, on "{keyspace}". What lies in
/// them, how large a partition grows and who reads it is in docs/storage.md, "On Cassandra".
std::span<const std::string_view> LogTables();

/// Of the row that says that somebody left: so long are effects known to be late. In seconds.
inline constexpr int kLeftSeconds = 90 * 24 * 60 * 60;

}  // namespace parley::storage::cassandra
