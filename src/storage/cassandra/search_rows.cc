#include "storage/cassandra/search_rows.h"

#include <algorithm>
#include <utility>

#include "storage/cassandra/value.h"
#include "storage/search_terms.h"

namespace parley::storage::cassandra {
namespace {

/// A search looks at so many rows at most; with more matches it finds the best of these.
constexpr std::size_t kSearchRowsMax = 20'000;
/// Partitions read at the same time.
constexpr std::size_t kPartitionsAtOnce = 8;
/// Of usernames (model/validate.h), in the order of bytes.
constexpr std::string_view kUsernameBytes = "-.0123456789_abcdefghijklmnopqrstuvwxyz";

}  // namespace

// -- Pure -----------------------------------------------------------------------------------------

std::string SearchPartition(std::string_view term) {
  return std::string(term.substr(0, kSearchPrefixBytes));
}

std::string EndOfPrefix(std::string_view prefix) {
  std::string end(prefix);
  end.back() = static_cast<char>(end.back() + 1);
  return end;
}

bool Matches(const User& user, std::string_view lower) {
  const std::set<std::string> terms = SearchTerms(user);
  const auto term = terms.lower_bound(std::string(lower));
  return term != terms.end() && term->starts_with(lower);
}

SearchStamps StampsOf(std::int64_t version) {
  return {.insert = version * 2 + 1, .erase = version * 2};
}

// -- Writing --------------------------------------------------------------------------------------

runtime::Task<Status> SearchRows::Insert(User user, std::set<std::string> terms,
                                         std::int64_t version) {
  const Value stamp = BigintValue(StampsOf(version).insert);
  std::vector<Bound> writes;
  writes.reserve(terms.size() * 2);
  for (const std::string& term : terms) {
    const std::string partition = SearchPartition(term);
    writes.push_back(
        Bind(*cql_.search_prefix_insert, BlobValue(partition.substr(0, 1)), BlobValue(partition)));
    writes.push_back(Bind(*cql_.search_term_insert, BlobValue(partition), BlobValue(term),
                          UuidValue(user.id), TextValue(user.username), stamp));
  }
  co_return (co_await cql_.session->ExecuteAll(std::move(writes))).status();
}

runtime::Task<Status> SearchRows::Erase(UserId user, std::set<std::string> terms,
                                        std::int64_t version) {
  const Value stamp = BigintValue(StampsOf(version).erase);
  std::vector<Bound> writes;
  writes.reserve(terms.size());
  for (const std::string& term : terms) {
    writes.push_back(Bind(*cql_.search_term_delete, stamp, BlobValue(SearchPartition(term)),
                          BlobValue(term), UuidValue(user)));
  }
  co_return (co_await cql_.session->ExecuteAll(std::move(writes))).status();
}

// -- Searching ------------------------------------------------------------------------------------

bool SearchRows::Scan::Done() const { return names_alone ? Full() : rows >= kSearchRowsMax; }

Status SearchRows::Scan::Take(const Rows& found) {
  for (const Row row : found) {
    if (Done()) break;
    ++rows;
    PARLEY_ASSIGN(const std::string_view term, ReadBlob(row[0]));
    PARLEY_ASSIGN(const UserId user, ReadId<UserId>(row[1]));
    PARLEY_ASSIGN(const std::string_view username, ReadText(row[2]));
    if (username <= after || (names_alone && term != username)) continue;
    if (Full() && username >= best.rbegin()->first) continue;
    if (best.try_emplace(std::string(username), user).second && best.size() > limit) {
      best.erase(std::prev(best.end()));
    }
  }
  return Status::Ok();
}

Bound SearchRows::ReadPrefixes(std::string from, std::string end) const {
  return Bind(*cql_.search_prefixes_read, BlobValue(from.substr(0, 1)), BlobValue(from),
              BlobValue(std::move(end)));
}

runtime::Task<Result<std::vector<std::string>>> SearchRows::Prefixes(Bound read, Rows first) {
  std::vector<std::string> prefixes;
  for (Rows rows = std::move(first);;) {
    prefixes.reserve(prefixes.size() + rows.size());
    for (const Row row : rows) {
      PARLEY_CO_ASSIGN(const std::string_view prefix, ReadBlob(row[0]));
      prefixes.emplace_back(prefix);
    }
    if (rows.next_page().empty()) co_return std::move(prefixes);
    PARLEY_CO_ASSIGN(rows, co_await cql_.session->Execute(read, rows.next_page()));
  }
}

runtime::Task<Status> SearchRows::Walk(std::vector<std::string> partitions, Scan* scan) {
  for (std::size_t at = 0; at < partitions.size() && !scan->Done(); at += kPartitionsAtOnce) {
    const std::size_t count = std::min(kPartitionsAtOnce, partitions.size() - at);
    std::vector<Bound> reads;
    reads.reserve(count);
    for (std::size_t i = at; i < at + count; ++i) {
      reads.push_back(Bind(*cql_.search_terms_read, BlobValue(partitions[i]), BlobValue(scan->from),
                           BlobValue(scan->end)));
    }
    PARLEY_CO_ASSIGN(const std::vector<Rows> firsts, co_await cql_.session->ExecuteAll(reads));
    for (std::size_t i = 0; i < count && !scan->Done(); ++i) {
      PARLEY_CO_TRY(scan->Take(firsts[i]));
      std::string page = firsts[i].next_page();
      while (!page.empty() && !scan->Done()) {
        PARLEY_CO_ASSIGN(const Rows rows,
                         co_await cql_.session->Execute(reads[i], std::move(page)));
        PARLEY_CO_TRY(scan->Take(rows));
        page = rows.next_page();
      }
    }
  }
  co_return Status::Ok();
}

runtime::Task<Result<SearchRows::Best>> SearchRows::FindBest(std::string lower, std::size_t limit,
                                                             std::string after) {
  Scan scan{.from = lower, .end = EndOfPrefix(lower), .after = std::move(after), .limit = limit};
  std::vector<std::string> partitions{SearchPartition(lower)};
  if (lower.size() < kSearchPrefixBytes) {
    Bound read = ReadPrefixes(lower, scan.end);
    PARLEY_CO_ASSIGN(Rows first, co_await cql_.session->Execute(read));
    PARLEY_CO_ASSIGN(partitions, co_await Prefixes(std::move(read), std::move(first)));
  }
  PARLEY_CO_TRY(co_await Walk(std::move(partitions), &scan));
  co_return std::move(scan.best);
}

runtime::Task<Result<SearchRows::Best>> SearchRows::FirstNames(std::size_t limit,
                                                               std::string after) {
  const std::string begin = SearchPartition(after);
  std::vector<Bound> reads;
  reads.reserve(kUsernameBytes.size());
  for (const char byte : kUsernameBytes) {
    const std::string first(1, byte);
    if (EndOfPrefix(first) > after) {
      reads.push_back(ReadPrefixes(std::max(first, begin), EndOfPrefix(first)));
    }
  }
  PARLEY_CO_ASSIGN(std::vector<Rows> firsts, co_await cql_.session->ExecuteAll(reads));

  Scan scan{.from = after, .after = after, .limit = limit, .names_alone = true};
  for (std::size_t i = 0; i < reads.size() && !scan.Done(); ++i) {
    scan.end = reads[i].values.back().value_or("");
    PARLEY_CO_ASSIGN(std::vector<std::string> partitions,
                     co_await Prefixes(std::move(reads[i]), std::move(firsts[i])));
    std::erase_if(partitions, [](const std::string& partition) {
      return partition.find_first_not_of(kUsernameBytes) != std::string::npos;
    });
    PARLEY_CO_TRY(co_await Walk(std::move(partitions), &scan));
  }
  co_return std::move(scan.best);
}

runtime::Task<Result<std::vector<User>>> SearchRows::Search(std::string prefix, std::size_t limit,
                                                            std::string after) {
  const std::string lower = ToLowerAscii(prefix);
  std::vector<User> answer;
  if (limit == 0) co_return std::move(answer);
  // Rows that are too old lead to people who do not match: then it goes on behind them.
  for (bool more = true; more;) {
    const std::size_t missing = limit - answer.size();
    PARLEY_CO_ASSIGN(const Best best, lower.empty() ? co_await FirstNames(missing, after)
                                                    : co_await FindBest(lower, missing, after));
    std::vector<UserId> ids;
    ids.reserve(best.size());
    for (const auto& [username, user] : best) ids.push_back(user);
    PARLEY_CO_ASSIGN(std::vector<User> users, co_await users_.FindMany(std::move(ids)));
    for (User& user : users) {
      if (Matches(user, lower)) answer.push_back(std::move(user));
    }
    more = best.size() == missing && answer.size() < limit;
    if (more) after = best.rbegin()->first;
  }
  co_return std::move(answer);
}

}  // namespace parley::storage::cassandra
