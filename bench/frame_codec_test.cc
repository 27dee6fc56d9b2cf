#include "bench/frame_codec.h"

#include <string>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

constexpr std::size_t kMax = 1 << 20;

/// What the server would send: the same without a mask.
std::string ServerFrame(Opcode opcode, const std::string& payload) {
  std::string masked;
  AppendFrame(masked, opcode, payload, 0);
  const std::size_t header = masked.size() - payload.size() - 4;
  std::string frame = masked.substr(0, header) + payload;
  frame[1] = static_cast<char>(frame[1] & 0x7F);
  return frame;
}

TEST(FrameCodec, AppendFrame_MatchesTheExampleOfTheRfc) {
  // RFC 6455 section 5.7: a single-frame masked text message that contains "Hello".
  std::string out;
  const std::string key = "\x37\xfa\x21\x3d";
  std::uint32_t mask = 0;
  key.copy(reinterpret_cast<char*>(&mask), sizeof mask);
  AppendFrame(out, Opcode::kText, "Hello", mask);
  EXPECT_EQ(out, std::string("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"));
}

TEST(FrameCodec, EveryLengthForm_IsReadBack) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 65'535u, 65'536u, 200'000u}) {
    const std::string payload(size, 'x');
    const std::string bytes = ServerFrame(Opcode::kText, payload) + "rest";
    const ParsedFrame frame = ParseServerFrame(bytes, kMax);
    ASSERT_EQ(frame.state, ParsedFrame::State::kFrame) << size;
    EXPECT_EQ(frame.payload, payload);
    EXPECT_EQ(frame.size, bytes.size() - 4);
  }
}

TEST(FrameCodec, EveryPrefix_NeedsMore) {
  const std::string bytes = ServerFrame(Opcode::kText, std::string(300, 'x'));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseServerFrame(bytes.substr(0, size), kMax).state, ParsedFrame::State::kNeedMore);
  }
}

TEST(FrameCodec, WhatTheServerMayNotSend_IsBad) {
  const auto state = [](const std::string& bytes) { return ParseServerFrame(bytes, kMax).state; };
  EXPECT_EQ(state(std::string("\x01\x00", 2)), ParsedFrame::State::kBad) << "a fragment";
  EXPECT_EQ(state(std::string("\x80\x00", 2)), ParsedFrame::State::kBad) << "a continuation";
  EXPECT_EQ(state(std::string("\xC1\x00", 2)), ParsedFrame::State::kBad) << "a reserved bit";
  EXPECT_EQ(state(std::string("\x81\x80", 2)), ParsedFrame::State::kBad) << "a mask";
  EXPECT_EQ(ParseServerFrame(ServerFrame(Opcode::kText, "12345"), 4).state,
            ParsedFrame::State::kBad)
      << "too large";
}

TEST(FrameCodec, CloseCode_IsReadWhereThereIsOne) {
  EXPECT_EQ(CloseCode("\x03\xf5slow"), 1013);
  EXPECT_EQ(CloseCode(""), 1005);
}

}  // namespace
}  // namespace parley::bench
