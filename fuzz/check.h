#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// Ends the program, and so makes a finding of the input, where `condition` does not hold.
#define FUZZ_CHECK(condition)                                                             \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

namespace parley::fuzz {

inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Where to cut an input into pieces: the same cuts for the same input, so that seeds can be plain
/// texts and every finding repeats itself.
class Cuts {
 public:
  explicit Cuts(std::string_view input) {
    for (const char c : input) state_ = (state_ ^ static_cast<std::uint8_t>(c)) * kPrime;
  }
  /// The length of the next piece: 1 to 16 bytes mostly, now and then up to 256.
  std::size_t Next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::uint64_t roll = state_ >> 33;
    return 1 + (roll % 8 == 0 ? (roll >> 3) % 256 : (roll >> 3) % 16);
  }

 private:
  static constexpr std::uint64_t kPrime = 1099511628211ULL;  // FNV-1a
  std::uint64_t state_ = 14695981039346656037ULL;
};

}  // namespace parley::fuzz
