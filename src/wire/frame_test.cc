#include "wire/frame.h"

#include <string>

#include <gtest/gtest.h>

namespace parley::wire {
namespace {

std::string HeaderOf(std::size_t payload_size) {
  const std::string payload(payload_size, 'x');
  const Frame frame = Frame::Text(payload);
  EXPECT_EQ(frame.payload(), payload);
  return std::string(frame.bytes().substr(0, frame.bytes().size() - payload_size));
}

TEST(Frame, EachSize_HasTheShortestHeader) {
  using namespace std::string_literals;
  EXPECT_EQ(HeaderOf(0), "\x81\x00"s);
  EXPECT_EQ(HeaderOf(125), "\x81\x7D"s);
  EXPECT_EQ(HeaderOf(126), "\x81\x7E\x00\x7E"s);
  EXPECT_EQ(HeaderOf(65'535), "\x81\x7E\xFF\xFF"s);
  EXPECT_EQ(HeaderOf(65'536), "\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(Frame, Default_IsNone) {
  EXPECT_FALSE(Frame());
  EXPECT_TRUE(Frame().bytes().empty());
  EXPECT_TRUE(Frame().payload().empty());
  EXPECT_TRUE(Frame::Text(""));
}

}  // namespace
}  // namespace parley::wire
