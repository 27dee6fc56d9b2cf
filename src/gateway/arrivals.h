#pragma once

#include <cstddef>

#include "runtime/semaphore.h"

namespace parley::gateway {

/// People who come all at once, when a node has died or a network is back. Each costs the store
/// some reads; thousands of them at a time would all take too long, fail and come again. So those
/// that are let through come to their end, and the others wait in order.
struct Arrivals {
  /// `at_once` of each; 0: no limit.
  explicit Arrivals(std::size_t at_once) : sign_ins(at_once), syncs(at_once) {}

  /// Before the shards end.
  void Close() {
    sign_ins.Close();
    syncs.Close();
  }
  std::size_t waiting() const { return sign_ins.waiting() + syncs.waiting(); }

  runtime::Semaphore sign_ins;  ///< whose WebSocket it is
  runtime::Semaphore syncs;     ///< how far their conversations have come
};

}  // namespace parley::gateway
