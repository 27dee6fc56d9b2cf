#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/random.h"
#include "model/user.h"
#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/testing/log_builder.h"

// People for the contract suites of accounts and of administration.
namespace parley::storage {

inline constexpr TimePoint kNow{std::chrono::milliseconds(1'800'000'000'000)};

/// Lower case, and nobody else's.
inline std::string NewName(std::string prefix = "u") {
  std::string name = NewId<UserId>().ToString();
  std::erase(name, '-');
  return prefix + name.substr(12);
}

inline User NewUser(std::string username = NewName()) {
  return {.id = NewId<UserId>(),
          .username = std::move(username),
          .display_name = "Anna Bäcker",
          .email = std::nullopt,
          .avatar = std::nullopt,
          .admin = false,
          .created_at = kNow,
          .last_active_at = std::nullopt,
          .disabled = false,
          .invited_by = std::nullopt};
}

inline TokenHash NewToken() {
  TokenHash token;
  SystemRandom().Fill(token);
  return token;
}

inline Session NewSession(UserId user, TimePoint created_at = kNow) {
  return {.id = NewId<SessionId>(),
          .user = user,
          .token_hash = NewToken(),
          .device_name = "Firefox on Debian",
          .created_at = created_at,
          .last_used_at = created_at};
}

/// What `call` answers on many threads at once, each awaiting it on a shard of its own.
template <class Call>
int CountOk(Call call) {
  std::atomic<int> ok{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      runtime::Shard shard;
      if (runtime::RunTask(shard, call()).ok()) ++ok;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return ok;
}

}  // namespace parley::storage
