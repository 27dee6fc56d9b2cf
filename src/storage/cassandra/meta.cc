#include "storage/cassandra/meta.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "storage/cassandra/account_version.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

/// Rounds of reading a key, and writing it where there is none.
constexpr int kKeyAttempts = 4;

Result<SecretKey> ReadKey(Cell cell) {
  PARLEY_ASSIGN(const std::string_view bytes, ReadBlob(cell));
  SecretKey key;
  if (bytes.size() != key.size()) return DataLoss("a stored key has another length");
  std::ranges::copy(bytes, key.begin());
  return key;
}

}  // namespace

runtime::Task<Result<SecretKey>> CassandraMeta::GetOrCreateKey(std::string name,
                                                               SecretKey candidate) {
  Status last = Unavailable("a key could not be made: please try again");
  for (int attempt = 0; attempt < kKeyAttempts; ++attempt) {
    PARLEY_CO_ASSIGN(
        const Rows rows,
        co_await ExecuteRepeatedly(cql_.session, Bind(*cql_.secret_key_read, TextValue(name))));
    if (!rows.empty()) co_return ReadKey(rows[0][0]);
    const Result<Rows> written = co_await cql_.session->Execute(
        Bind(*cql_.secret_key_insert, TextValue(name), BlobValue(candidate)));
    if (written.ok() && written->applied()) co_return candidate;
    // Somebody else's, or perhaps ours: reading tells.
    if (!written.ok()) last = written.status();
    if (!written.ok() && last.code() != StatusCode::kUnknown) co_return last;
    co_await BackOff(attempt);
  }
  co_return last;
}

runtime::Task<Result<TimePoint>> CassandraMeta::ReadTime() {
  PARLEY_CO_ASSIGN(const Rows rows, co_await cql_.session->Execute(Bind(*cql_.fleet_time_read)));
  if (rows.empty() || !rows[0][0]) co_return TimePoint();
  co_return ReadTimestamp(rows[0][0]);
}

runtime::Task<Status> CassandraMeta::WriteTime(TimePoint now) {
  // Its own timestamp: the highest one wins, whoever comes last.
  const Result<Rows> written = co_await cql_.session->Execute(
      Bind(*cql_.fleet_time_write, TimestampValue(now), BigintValue(ToMillis(now))));
  co_return written.status();
}

}  // namespace parley::storage::cassandra
