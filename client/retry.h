#pragma once

#include <algorithm>
#include <chrono>
#include <thread>
#include <type_traits>

#include "base/random.h"
#include "base/status.h"
#include "client/backoff.h"
#include "client/errors.h"

namespace parley::client {

/// When to give up.
using RetryDeadline = std::chrono::steady_clock::time_point;

/// Calls `attempt` (which answers a Result) until it succeeds, fails for good (IsRetryable), or the
/// next pause would end after `deadline`; answers what it answered last. Sleeps in between.
template <class Attempt>
std::invoke_result_t<Attempt&> RetryUntil(RetryDeadline deadline, Attempt attempt) {
  SystemRandom random;
  Backoff backoff(random);
  while (true) {
    auto answer = attempt();
    if (answer.ok() || !IsRetryable(answer.status().code())) return answer;
    const auto pause = std::max(
        backoff.Next(), answer.status().retry_after().value_or(std::chrono::milliseconds(0)));
    if (std::chrono::steady_clock::now() + pause >= deadline) return answer;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace parley::client
