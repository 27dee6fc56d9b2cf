#include "net/outbox.h"

#include <array>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using Progress = Outbox::Progress;

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0); }
  ~OutboxTest() override {
    for (const int end : ends_) {
      if (end >= 0) ::close(end);
    }
  }

  int writer() const { return ends_[0]; }
  std::string ReadAll() {
    std::string all;
    std::array<char, 65536> room{};
    ssize_t got = 0;
    while ((got = ::recv(ends_[1], room.data(), room.size(), MSG_DONTWAIT)) > 0) {
      all.append(room.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

  std::array<int, 2> ends_{-1, -1};
};

TEST_F(OutboxTest, WriteTo_FramesAndProtocolBytes_GoOutInOrderInOneCall) {
  Outbox outbox(1024, 10);
  ASSERT_TRUE(outbox.Push(wire::Frame::Text("one")));
  ASSERT_TRUE(outbox.Push(std::string("ping")));
  ASSERT_TRUE(outbox.Push(wire::Frame::Text("two")));
  EXPECT_EQ(outbox.bytes(), 14U);
  EXPECT_EQ(outbox.WriteTo(writer()), Progress::kEmpty);
  EXPECT_EQ(ReadAll(), "\x81\x03oneping\x81\x03two");
  EXPECT_TRUE(outbox.empty());
}

TEST_F(OutboxTest, Push_BeyondBytesOrPieces_IsRefusedAndQueuesNothing) {
  Outbox by_bytes(10, 10);
  EXPECT_TRUE(by_bytes.Push(std::string(10, 'x')));
  EXPECT_FALSE(by_bytes.Push(std::string("y")));
  EXPECT_EQ(by_bytes.bytes(), 10U);
  Outbox by_pieces(100, 2);
  EXPECT_TRUE(by_pieces.Push(std::string("a")));
  EXPECT_TRUE(by_pieces.Push(std::string("b")));
  EXPECT_FALSE(by_pieces.Push(std::string("c")));
}

TEST_F(OutboxTest, WriteTo_MorePiecesThanOneCallTakes_SaysMore) {
  Outbox outbox(1'000'000, 1'000);
  std::string expected;
  for (std::size_t i = 0; i < Outbox::kMaxPieces + 1; ++i) {
    ASSERT_TRUE(outbox.Push(std::to_string(i)));
    expected += std::to_string(i);
  }
  EXPECT_EQ(outbox.WriteTo(writer()), Progress::kMore);
  EXPECT_EQ(outbox.WriteTo(writer()), Progress::kEmpty);
  EXPECT_EQ(ReadAll(), expected);
}

TEST_F(OutboxTest, WriteTo_FullSocket_BlocksAndGoesOnInTheMiddleOfAPiece) {
  Outbox outbox(16'000'000, 10);
  const std::string large(4'000'000, 'a');
  ASSERT_TRUE(outbox.Push(large));
  ASSERT_TRUE(outbox.Push(std::string("end")));
  EXPECT_EQ(outbox.WriteTo(writer()), Progress::kBlocked);
  std::string got;
  while (!outbox.empty()) {
    got += ReadAll();
    ASSERT_NE(outbox.WriteTo(writer()), Progress::kBroken);
  }
  got += ReadAll();
  EXPECT_EQ(got, large + "end");
}

TEST_F(OutboxTest, DropUnbegun_KeepsTheRestOfAHalfWrittenPiece) {
  Outbox outbox(16'000'000, 10);
  const std::string large(4'000'000, 'a');
  ASSERT_TRUE(outbox.Push(large));
  ASSERT_TRUE(outbox.Push(std::string("dropped")));
  ASSERT_EQ(outbox.WriteTo(writer()), Progress::kBlocked);
  outbox.DropUnbegun();
  outbox.PushLast("bye");
  std::string got;
  while (!outbox.empty()) {
    got += ReadAll();
    ASSERT_NE(outbox.WriteTo(writer()), Progress::kBroken);
  }
  got += ReadAll();
  EXPECT_EQ(got, large + "bye");
}

TEST_F(OutboxTest, DropUnbegun_NothingBegun_DropsAll) {
  Outbox outbox(100, 10);
  ASSERT_TRUE(outbox.Push(std::string("a")));
  outbox.DropUnbegun();
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.WriteTo(writer()), Progress::kEmpty);
}

TEST_F(OutboxTest, WriteTo_PeerGone_IsBroken) {
  ::close(ends_[1]);
  ends_[1] = -1;
  Outbox outbox(100, 10);
  ASSERT_TRUE(outbox.Push(std::string("a")));
  EXPECT_EQ(outbox.WriteTo(writer()), Progress::kBroken);
}

}  // namespace
}  // namespace parley::net
