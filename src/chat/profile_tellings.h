#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "model/ids.h"

namespace parley::chat {

/// Whose profiles are being told: of one person one telling at a time, so that the last one to go
/// out has the newest profile. Any thread.
class ProfileTellings {
 public:
  /// People whose profiles are told at the same time; those of further ones are not told live.
  static constexpr std::size_t kMax = 64;

  enum class Begun : std::uint8_t {
    kNow,    ///< the caller has to tell
    kAgain,  ///< somebody tells already, and will once more
    kFull,   ///< it is not told live
  };
  Begun Begin(UserId user) {
    const std::lock_guard lock(mutex_);
    if (const auto found = again_.find(user); found != again_.end()) {
      found->second = true;
      return Begun::kAgain;
    }
    if (again_.size() >= kMax) return Begun::kFull;
    again_.emplace(user, false);
    return Begun::kNow;
  }

  /// To be called after each telling: whether the profile changed meanwhile and has to be told
  /// again. If not, that was the end.
  bool Again(UserId user) {
    const std::lock_guard lock(mutex_);
    const auto found = again_.find(user);
    if (found->second) {
      found->second = false;
      return true;
    }
    again_.erase(found);
    return false;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<UserId, bool> again_;  // guarded by mutex_; whether it changed meanwhile
};

}  // namespace parley::chat
