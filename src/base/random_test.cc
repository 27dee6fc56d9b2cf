#include "base/random.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace parley {
namespace {

/// Bytes that count, and how often it was asked.
class CountingRandom : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    ++calls;
    for (std::uint8_t& byte : bytes) byte = next_++;
  }

  int calls = 0;

 private:
  std::uint8_t next_ = 0;
};

TEST(BufferedRandom, Fill_HandsOutEachByteOfTheSourceOnce) {
  CountingRandom source;
  BufferedRandom buffered(source);
  std::uint8_t expected = 0;
  for (int i = 0; i < 1000; ++i) {
    std::array<std::uint8_t, 7> bytes{};
    buffered.Fill(bytes);
    for (const std::uint8_t byte : bytes) ASSERT_EQ(byte, expected++);
  }
}

TEST(BufferedRandom, Fill_ManySmallOnes_AskTheSourceRarely) {
  CountingRandom source;
  BufferedRandom buffered(source);
  std::array<std::uint8_t, 8> bytes{};
  for (int i = 0; i < 128; ++i) buffered.Fill(bytes);
  EXPECT_EQ(source.calls, 1);
}

TEST(BufferedRandom, Fill_MoreThanABlock_IsFilledWhole) {
  CountingRandom source;
  BufferedRandom buffered(source);
  std::vector<std::uint8_t> bytes(5000);
  buffered.Fill(bytes);
  std::uint8_t expected = 0;
  for (const std::uint8_t byte : bytes) ASSERT_EQ(byte, expected++);
}

}  // namespace
}  // namespace parley
