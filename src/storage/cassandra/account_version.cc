#include "storage/cassandra/account_version.h"

#include <utility>

#include "base/random.h"

namespace parley::storage::cassandra {
namespace {

/// Reads tried to learn what became of a change.
constexpr int kSettleAttempts = 3;

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

runtime::Task<Result<Changed>> WriteVersioned(Session* session, VersionedChange change) {
  const Result<Rows> written = co_await session->ExecuteBatch(std::move(change.batch));
  if (written.ok()) co_return written->applied() ? Changed::kYes : Changed::kNo;
  if (written.status().code() != StatusCode::kUnknown) co_return written.status();

  for (int attempt = 0; attempt < kSettleAttempts; ++attempt) {
    const Result<Rows> rows = co_await session->Execute(change.read);
    if (!rows.ok()) continue;
    Version now;
    if (!rows->empty()) {
      PARLEY_CO_ASSIGN(now, ReadVersion((*rows)[0][0], (*rows)[0][1]));
    }
    if (now.SignedBy(change.nonce)) co_return Changed::kYes;
    const auto changes = now.number - change.before.number;
    if (changes <= static_cast<std::int64_t>(Version::kRecent)) co_return Changed::kNo;
    break;  // so many others have signed since that ours may have gone
  }
  co_return NotSettled();
}

Status TooManyChanges() {
  return Unavailable("too many changes are made here at once: please try again");
}

}  // namespace parley::storage::cassandra
