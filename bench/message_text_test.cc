#include "bench/message_text.h"

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

TEST(MessageText, Stamp_ComesBackFromATextOfTheWantedSize) {
  const Stamp stamp{.sender = 12, .number = 345, .sent_ns = 9'876'543'210'123};
  for (const std::size_t bytes : {0u, 20u, 128u, 4'000u}) {
    const std::string text = MakeText(stamp, bytes);
    EXPECT_GE(text.size(), bytes);
    EXPECT_LE(text.size(), std::max<std::size_t>(bytes, 40));
    EXPECT_EQ(ParseText(text), stamp);
  }
}

TEST(MessageText, OtherTexts_HaveNoStamp) {
  for (const char* text :
       {"", "pb", "pb ", "hello", "pb 1 2", "pb 1 2 3", "pb a 2 3 ", "pb -1 2 3 x"}) {
    EXPECT_FALSE(ParseText(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace parley::bench
