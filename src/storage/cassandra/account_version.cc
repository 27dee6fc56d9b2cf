#include "storage/cassandra/account_version.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/random.h"
#include "runtime/timer.h"

namespace parley::storage::cassandra {
namespace {

/// Of what may be done twice.
constexpr int kExecuteAttempts = 4;
/// What a wait may last: this, doubled with every attempt up to the other.
constexpr std::chrono::milliseconds kFirstWait{10};
constexpr std::chrono::milliseconds kLongestWait{320};

Status NotSettled() {
  return {StatusCode::kUnknown,
          "the database did not answer in time: it may or may not have been done"};
}

}  // namespace

Version Version::Next(const Uuid& nonce) const {
  Version next{.number = number + 1, .recent = std::string(nonce.view())};
  next.recent.append(recent, 0, (kRecent - 1) * Uuid::kSize);
  return next;
}

bool Version::SignedBy(const Uuid& nonce) const {
  for (std::size_t at = 0; at + Uuid::kSize <= recent.size(); at += Uuid::kSize) {
    if (recent.compare(at, Uuid::kSize, nonce.view()) == 0) return true;
  }
  return false;
}

Uuid NewNonce() {
  Uuid::Bytes bytes;
  SystemRandom().Fill(bytes);
  return Uuid::Version8(bytes);
}

Value VersionValue(const Version& version) {
  return version.number == 0 ? NullValue() : BigintValue(version.number);
}

Result<Version> ReadVersion(Cell number, Cell recent) {
  Version version;
  if (!number) return version;
  PARLEY_ASSIGN(version.number, ReadBigint(number));
  PARLEY_ASSIGN(const std::string_view signatures, ReadBlob(recent));
  version.recent = signatures;
  return version;
}

runtime::Task<void> BackOff(int attempt) {
  const std::chrono::milliseconds most =
      std::min(kFirstWait * (1 << std::min(attempt, 10)), kLongestWait);
  std::array<std::uint8_t, 2> random{};
  SystemRandom().Fill(random);
  const int number = random[0] << 8 | random[1];
  return runtime::Sleep(most * number / 0xFFFF);
}

runtime::Task<Result<Rows>> ExecuteRepeatedly(Session* session, Bound bound) {
  for (int attempt = 0;; ++attempt) {
    Result<Rows> rows = co_await session->Execute(bound);
    const StatusCode code = rows.status().code();
    const bool again = code == StatusCode::kUnknown || code == StatusCode::kUnavailable;
    if (!again || attempt + 1 == kExecuteAttempts) co_return std::move(rows);
    co_await BackOff(attempt);
  }
}

runtime::Task<Result<Changed>> WriteVersioned(Session* session, VersionedChange change) {
  const Result<Rows> written = co_await session->ExecuteBatch(std::move(change.batch));
  if (written.ok()) co_return written->applied() ? Changed::kYes : Changed::kNo;
  if (written.status().code() != StatusCode::kUnknown) co_return written.status();

  const Result<Rows> rows = co_await ExecuteRepeatedly(session, std::move(change.read));
  if (!rows.ok()) co_return NotSettled();
  Version now;
  if (!rows->empty()) {
    PARLEY_CO_ASSIGN(now, ReadVersion((*rows)[0][0], (*rows)[0][1]));
  }
  if (now.SignedBy(change.nonce)) co_return Changed::kYes;
  // Where so many others have signed since, ours may have gone.
  const std::int64_t changes = now.number - change.before.number;
  if (changes > static_cast<std::int64_t>(Version::kRecent)) co_return NotSettled();
  co_return Changed::kNo;
}

Status TooManyChanges() {
  return Unavailable("too many changes are made here at once: please try again");
}

}  // namespace parley::storage::cassandra
