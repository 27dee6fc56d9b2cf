#include "chat/fifo.h"

#include <deque>
#include <memory>
#include <random>

#include <gtest/gtest.h>

namespace parley::chat {
namespace {

TEST(Fifo, ManyComeAndGo_OrderAndPlacesAreThoseOfADeque) {
  Fifo<int> fifo;
  std::deque<int> expected;
  std::mt19937 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const unsigned what = random() % 8;
    if (what < 4) {
      fifo.push_back(int{i});
      expected.push_back(i);
    } else if (what == 4) {
      fifo.push_front(int{i});
      expected.push_front(i);
    } else if (!expected.empty()) {
      fifo.pop_front();
      expected.pop_front();
    }
    ASSERT_EQ(fifo.size(), expected.size());
    if (expected.empty()) continue;
    ASSERT_EQ(fifo.front(), expected.front());
    ASSERT_EQ(fifo.back(), expected.back());
    ASSERT_EQ(fifo[expected.size() / 2], expected[expected.size() / 2]);
  }
}

TEST(Fifo, WhatCannotBeCopied_MovesThrough) {
  Fifo<std::unique_ptr<int>> fifo;
  for (int i = 0; i < 100; ++i) fifo.push_back(std::make_unique<int>(i));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(*fifo.front(), i);
    fifo.pop_front();
  }
  EXPECT_TRUE(fifo.empty());
}

TEST(Fifo, WhatWasTaken_LivesNoLonger) {
  Fifo<std::shared_ptr<int>> fifo;
  const auto value = std::make_shared<int>(1);
  fifo.push_back(value);
  EXPECT_EQ(value.use_count(), 2);
  fifo.pop_front();
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace parley::chat
