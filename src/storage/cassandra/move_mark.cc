#include "storage/cassandra/move_mark.h"

#include <array>

#include <fmt/format.h>

#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

constexpr std::array<std::string_view, 1> kTables = {
    R"(CREATE TABLE IF NOT EXISTS {keyspace}.moves (
      name text PRIMARY KEY,
      source text,
      finished boolean,
      progress blob))",
};

}  // namespace

std::span<const std::string_view> MoveTables() { return kTables; }

Status CheckNotHalfMoved(Session& session) {
  PARLEY_ASSIGN(const Rows rows, session.Run("SELECT finished FROM {keyspace}.moves "
                                             "WHERE name = 'import'"));
  if (rows.empty() || !rows[0][0]) return Status::Ok();
  PARLEY_ASSIGN(const bool finished, ReadBoolean(rows[0][0]));
  if (finished) return Status::Ok();
  return InvalidArgument(fmt::format(
      "the keyspace {0} is half moved: run `parleyd migrate` again with the same --from and --to "
      "until it says that all is moved (or DROP KEYSPACE {0}, to begin anew)",
      session.options().keyspace));
}

}  // namespace parley::storage::cassandra
