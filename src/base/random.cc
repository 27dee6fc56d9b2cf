#include "base/random.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <sys/random.h>

namespace parley {

void SystemRandom::Fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void BufferedRandom::Fill(std::span<std::uint8_t> bytes) {
  const std::lock_guard lock(mutex_);
  while (!bytes.empty()) {
    if (used_ == block_.size()) {
      source_.Fill(block_);
      used_ = 0;
    }
    const std::size_t count = std::min(bytes.size(), block_.size() - used_);
    std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(used_), count, bytes.begin());
    used_ += count;
    bytes = bytes.subspan(count);
  }
}

void FakeRandom::Fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(engine_());
  }
}

}  // namespace parley
