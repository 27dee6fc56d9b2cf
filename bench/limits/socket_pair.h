#pragma once

#include <cstddef>
#include <utility>
#include <vector>
#include <unistd.h>

#include "base/result.h"

namespace parley::bench {

/// A file descriptor of one's own.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int operator*() const { return number_; }

 private:
  int number_;
};

/// Both ends of a TCP connection over loopback, not blocking, with TCP_NODELAY.
struct SocketPair {
  Descriptor client;
  Descriptor server;
};

/// kUnavailable: the system gives no more of them.
Result<std::vector<SocketPair>> MakePairs(std::size_t count);

/// An epoll instance that tells when there is something to read; `data.u64` is the place in the
/// vector. `end` is SocketPair::client or SocketPair::server.
Descriptor WatchAll(const std::vector<SocketPair>& pairs, Descriptor SocketPair::* end);

}  // namespace parley::bench
