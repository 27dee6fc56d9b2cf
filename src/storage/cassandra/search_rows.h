#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/user.h"
#include "runtime/task.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/user_rows.h"

namespace parley::storage::cassandra {

// -- Pure -----------------------------------------------------------------------------------------

/// A term lies in the partition of its first bytes, so many at most.
inline constexpr std::size_t kSearchPrefixBytes = 3;

std::string SearchPartition(std::string_view term);
/// The first string behind all that begin with `prefix` (not empty, UTF-8: no byte is 0xFF).
std::string EndOfPrefix(std::string_view prefix);
/// Whether one of the person's terms begins with `lower`: a row of search_terms may be older than
/// the name that it tells of, or newer than one that was not written.
bool Matches(const User& user, std::string_view lower);

/// Rows of one change of a person win over those of the changes before; of one change, what is
/// written wins over what is deleted.
struct SearchStamps {
  std::int64_t insert;
  std::int64_t erase;
};
SearchStamps StampsOf(std::int64_t version);

// -- Rows -----------------------------------------------------------------------------------------

/// What people are found by. The rows only lead to people: whoever searches compares with the
/// person, so that rows may be written before a name changes and deleted after. Threads and
/// lifetime as AccountStore.
class SearchRows {
 public:
  SearchRows(const AccountStatements& statements, UserRows& users)
      : cql_(statements), users_(users) {}

  /// Makes the person be found by `terms` from their version `version` on.
  runtime::Task<Status> Insert(User user, std::set<std::string> terms, std::int64_t version);
  runtime::Task<Status> Erase(UserId user, std::set<std::string> terms, std::int64_t version);

  /// AccountStore::SearchUsers.
  runtime::Task<Result<std::vector<User>>> Search(std::string prefix, std::size_t limit,
                                                  std::string after);

 private:
  using Best = std::map<std::string, UserId, std::less<>>;  ///< by username

  /// What a walk over the rows looks for, and how far it has come.
  struct Scan {
    std::string from{};   ///< terms from here on...
    std::string end{};    ///< ...to before this
    std::string after{};  ///< usernames behind this
    std::size_t limit = 0;
    bool names_alone = false;  ///< usernames, in order: the walk ends when `best` is full
    std::size_t rows = 0;
    Best best{};

    bool Full() const { return best.size() >= limit; }
    bool Done() const;
    Status Take(const Rows& found);
  };

  Bound ReadPrefixes(std::string from, std::string end) const;
  /// All that `read` finds, of which `first` is the first page.
  runtime::Task<Result<std::vector<std::string>>> Prefixes(Bound read, Rows first);
  runtime::Task<Status> Walk(std::vector<std::string> partitions, Scan* scan);
  runtime::Task<Result<Best>> FindBest(std::string lower, std::size_t limit, std::string after);
  runtime::Task<Result<Best>> FirstNames(std::size_t limit, std::string after);

  const AccountStatements& cql_;
  UserRows& users_;
};

}  // namespace parley::storage::cassandra
