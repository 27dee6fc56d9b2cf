#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <span>

namespace parley {

/// Where the program takes random bytes from. Any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;
};

/// Cryptographically secure bytes from the kernel (getrandom(2)).
class SystemRandom : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override;
};

/// Takes the bytes of another source a block at a time, so that an id costs no system call. For
/// numbers that must be new, not secret: what is handed out next lies in memory. Any thread.
class BufferedRandom : public Random {
 public:
  /// `source` must outlive it.
  explicit BufferedRandom(Random& source) : source_(source) {}
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  Random& source_;
  std::mutex mutex_;
  std::array<std::uint8_t, 1024> block_{};  // guarded by mutex_
  std::size_t used_ = block_.size();        // guarded by mutex_
};

/// The same bytes in every run, for tests. One thread.
class FakeRandom : public Random {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace parley
