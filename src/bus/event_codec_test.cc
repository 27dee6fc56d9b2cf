#include "bus/event_codec.h"

#include <gtest/gtest.h>

namespace parley::bus {
namespace {

template <class Id>
Id Numbered(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return Id(Uuid(bytes));
}

void ExpectSame(const Event& left, const Event& right) {
  EXPECT_EQ(left.kind, right.kind);
  EXPECT_EQ(left.conversation, right.conversation);
  EXPECT_EQ(left.seq, right.seq);
  EXPECT_EQ(left.frame.bytes(), right.frame.bytes());
  EXPECT_EQ(static_cast<bool>(left.frame), static_cast<bool>(right.frame));
  EXPECT_EQ(left.sessions, right.sessions);
  EXPECT_EQ(left.members, right.members);
  EXPECT_EQ(left.except, right.except);
}

std::vector<Event> Samples() {
  std::vector<Event> samples;
  const auto conversation = Numbered<ConversationId>(7);
  samples.push_back({Event::Kind::kChange,
                     conversation,
                     Seq(300),
                     wire::Frame::Text(R"({"type":"change"})"),
                     {},
                     1'000});
  samples.push_back({Event::Kind::kConversation, conversation, Seq(), wire::Frame(), {}});
  samples.push_back({Event::Kind::kLeft, conversation, Seq(~std::uint64_t{0}), wire::Frame(), {}});
  samples.push_back({Event::Kind::kSessionsEnded,
                     ConversationId(),
                     Seq(),
                     wire::Frame(),
                     {Numbered<SessionId>(1), Numbered<SessionId>(2)}});
  samples.push_back({Event::Kind::kMomentary,
                     conversation,
                     Seq(),
                     wire::Frame::Text(std::string(70'000, 'x')),
                     {},
                     0,
                     Numbered<UserId>(9)});
  samples.push_back({Event::Kind::kHead, conversation, Seq(12), wire::Frame(), {}, ~0U});
  return samples;
}

TEST(EventCodec, WhatWasEncoded_IsDecodedTheSame) {
  for (const Event& event : Samples()) {
    const Result<Event> read = DecodeEvent(EncodeEvent(event));
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    ExpectSame(*read, event);
  }
}

TEST(EventCodec, CutOff_IsDataLoss) {
  for (const Event& event : Samples()) {
    const std::string bytes = EncodeEvent(event);
    for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 8) {
      EXPECT_EQ(DecodeEvent(std::string_view(bytes).substr(0, size)).status().code(),
                StatusCode::kDataLoss)
          << size;
    }
  }
}

TEST(EventCodec, MoreBehind_IsOfANewerProgram) {
  const Result<Event> read = DecodeEvent(EncodeEvent(Samples().front()) + "more");
  ASSERT_TRUE(read.ok());
  ExpectSame(*read, Samples().front());
}

TEST(EventCodec, AnotherVersionOrKind_IsDataLoss) {
  std::string bytes = EncodeEvent(Samples().front());
  bytes[0] = 2;
  EXPECT_EQ(DecodeEvent(bytes).status().code(), StatusCode::kDataLoss);
  bytes[0] = 1;
  bytes[1] = 6;
  EXPECT_EQ(DecodeEvent(bytes).status().code(), StatusCode::kDataLoss);
}

TEST(EventCodec, ManySessionsThatAreNotThere_TakeNoMemory) {
  std::string bytes = EncodeEvent(Samples()[1]);
  bytes.resize(bytes.size() - 2);  // the number of sessions, and the frame that is not there
  bytes += "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F";
  EXPECT_EQ(DecodeEvent(bytes).status().code(), StatusCode::kDataLoss);
}

TEST(EventCodec, KindsKeepTheirNumbers) {
  const std::vector<Event> samples = Samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(EncodeEvent(samples[i])[1], static_cast<char>(i));
  }
}

}  // namespace
}  // namespace parley::bus
