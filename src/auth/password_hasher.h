#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "runtime/blocking_pool.h"
#include "runtime/task.h"

namespace parley::auth {

/// What one password hash costs the server, and an attacker. The defaults are OWASP's for argon2id:
/// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
struct PasswordCost {
  std::size_t memory_kib = 19'456;  ///< at least 8
  std::size_t passes = 2;           ///< at least 1
};

/// Hashes and checks passwords with argon2id, on the threads of a pool: each call takes tens of
/// milliseconds and `memory_kib` of memory, so the number of the pool's threads bounds both. Where
/// the pool's queue is full the answer is kUnavailable, with the time after which to try again.
/// Await on a shard; any shard.
class PasswordHasher {
 public:
  /// Computes one hash, for VerifyNobody. `pool` must outlive the hasher.
  PasswordHasher(PasswordCost cost, runtime::BlockingPool& pool);

  /// The hash in its text form ($argon2id$v=19$m=…), at most 128 characters; it names its own cost.
  runtime::Task<Result<std::string>> Hash(std::string password);

  /// Whether `password` is the one of `hash`.
  runtime::Task<Result<bool>> Verify(std::string password, std::string hash);

  /// Takes as long as Verify and answers false: for names that nobody has, so that time does not
  /// tell that.
  runtime::Task<Result<bool>> VerifyNobody(std::string password);

  /// Whether `hash` was made at another cost than today's.
  bool NeedsRehash(const std::string& hash) const;

 private:
  const PasswordCost cost_;
  runtime::BlockingPool& pool_;
  std::string nobodys_hash_;
};

}  // namespace parley::auth
