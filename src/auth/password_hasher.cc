#include "auth/password_hasher.h"

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <sodium.h>

namespace parley::auth {
namespace {

/// In this time a full queue has mostly been worked off.
constexpr std::chrono::seconds kBusy{2};

std::size_t MemoryBytes(const PasswordCost& cost) { return cost.memory_kib * 1024; }

Result<std::string> Argon2id(const PasswordCost& cost, const std::string& password) {
  char text[crypto_pwhash_argon2id_STRBYTES];
  if (crypto_pwhash_argon2id_str(text, password.data(), password.size(), cost.passes,
                                 MemoryBytes(cost)) != 0) {
    return Unavailable("there is not enough memory to hash a password; try again");
  }
  return std::string(text);
}

Result<bool> Matches(const std::string& password, const std::string& hash) {
  errno = 0;
  if (crypto_pwhash_argon2id_str_verify(hash.c_str(), password.data(), password.size()) == 0) {
    return true;
  }
  // libsodium answers -1 to everything else and tells the reasons apart by errno.
  if (errno == EINVAL) return false;
  if (errno == ENOMEM) {
    return Unavailable("there is not enough memory to check a password; try again");
  }
  return DataLoss("a stored password hash cannot be understood");
}

/// What the pool refused was not begun; the pool does not know for whom it works.
template <class T>
Result<T> OrBusy(Result<T> result) {
  if (result.status().code() != StatusCode::kUnavailable) return result;
  return Unavailable("too many passwords are being looked at: try again in a moment")
      .WithRetryAfter(kBusy);
}

}  // namespace

PasswordHasher::PasswordHasher(PasswordCost cost, runtime::BlockingPool& pool)
    : cost_(cost), pool_(pool) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used on this machine");
  Result<std::string> hash = Argon2id(cost_, "nobody");
  if (!hash.ok()) throw std::runtime_error(hash.status().ToString());
  nobodys_hash_ = *std::move(hash);
}

runtime::Task<Result<std::string>> PasswordHasher::Hash(std::string password) {
  co_return OrBusy(co_await pool_.Run(
      [cost = cost_, password = std::move(password)] { return Argon2id(cost, password); }));
}

runtime::Task<Result<bool>> PasswordHasher::Verify(std::string password, std::string hash) {
  co_return OrBusy(co_await pool_.Run([password = std::move(password), hash = std::move(hash)] {
    return Matches(password, hash);
  }));
}

runtime::Task<Result<bool>> PasswordHasher::VerifyNobody(std::string password) {
  PARLEY_CO_TRY((co_await Verify(std::move(password), nobodys_hash_)).status());
  co_return false;
}

bool PasswordHasher::NeedsRehash(const std::string& hash) const {
  return crypto_pwhash_argon2id_str_needs_rehash(hash.c_str(), cost_.passes, MemoryBytes(cost_)) !=
         0;
}

}  // namespace parley::auth
