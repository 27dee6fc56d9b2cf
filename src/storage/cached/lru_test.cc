#include "storage/cached/lru.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace parley::storage::cached {
namespace {

using TestLru = Lru<std::string, int, std::hash<std::string>>;

TEST(Lru, Put_OverItsBytes_ForgetsTheLeastRecentlyUsed) {
  TestLru lru(30);
  lru.Put("a", 1, 10);
  lru.Put("b", 2, 10);
  lru.Put("c", 3, 10);
  ASSERT_NE(lru.Find("a"), nullptr);
  lru.Put("d", 4, 10);
  EXPECT_EQ(lru.Find("b"), nullptr);
  EXPECT_EQ(*lru.Find("a"), 1);
  EXPECT_EQ(*lru.Find("c"), 3);
  EXPECT_EQ(*lru.Find("d"), 4);
  EXPECT_EQ(lru.bytes(), 30U);
  lru.Put("e", 5, 25);
  EXPECT_EQ(lru.size(), 1U);
  EXPECT_EQ(lru.bytes(), 25U);
}

TEST(Lru, Put_Again_ReplacesValueAndBytes) {
  TestLru lru(30);
  lru.Put("a", 1, 10);
  lru.Put("b", 2, 10);
  lru.Put("a", 3, 20);
  EXPECT_EQ(*lru.Find("a"), 3);
  EXPECT_EQ(lru.bytes(), 30U);
  lru.Put("a", 4, 5);
  EXPECT_EQ(lru.bytes(), 15U);
  EXPECT_EQ(lru.size(), 2U);
}

TEST(Lru, Put_LargerThanTheWhole_IsNotKept) {
  TestLru lru(30);
  lru.Put("a", 1, 31);
  EXPECT_EQ(lru.Find("a"), nullptr);
  EXPECT_EQ(lru.bytes(), 0U);
}

TEST(Lru, Erase_GivesBytesBack) {
  TestLru lru(30);
  lru.Put("a", 1, 10);
  lru.Erase("a");
  lru.Erase("b");
  EXPECT_EQ(lru.Find("a"), nullptr);
  EXPECT_EQ(lru.bytes(), 0U);
}

}  // namespace
}  // namespace parley::storage::cached
