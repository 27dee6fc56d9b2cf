#pragma once

#include <cstdint>
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

/// The same bytes in every run, for tests. One thread.
class FakeRandom : public Random {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace parley
