#include "chat/recent.h"

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace parley::chat {
namespace {

std::shared_ptr<const Entry> EntryOf(std::uint64_t seq) {
  Entry entry;
  entry.seq = Seq(seq);
  return std::make_shared<const Entry>(std::move(entry));
}

UserId Ann() { return UserId(Uuid(Uuid::Bytes{1})); }

ClientId Client(std::uint64_t number) {
  Uuid::Bytes bytes{};
  bytes[0] = static_cast<std::uint8_t>(number);
  bytes[1] = static_cast<std::uint8_t>(number >> 8);
  return ClientId(Uuid(bytes));
}

TEST(RecentEntries, KeepsTheLast) {
  RecentEntries recent;
  EXPECT_EQ(recent.Find(Seq(1)), nullptr);
  for (std::uint64_t seq = 11; seq < 11 + RecentEntries::kCapacity + 5; ++seq) {
    recent.Push(EntryOf(seq));
  }
  EXPECT_EQ(recent.Find(Seq(15)), nullptr);
  ASSERT_NE(recent.Find(Seq(16)), nullptr);
  EXPECT_EQ(recent.Find(Seq(16))->seq, Seq(16));
  EXPECT_EQ(recent.Find(Seq(270))->seq, Seq(270));
  EXPECT_EQ(recent.Find(Seq(272)), nullptr);
}

TEST(RecentEntries, LongTexts_AreBoundedInBytes_ButTheLastStays) {
  const auto message = [](std::uint64_t seq, std::size_t size) {
    Entry entry;
    entry.seq = Seq(seq);
    MessageBody body;
    body.text = std::string(size, 'x');
    entry.body = std::move(body);
    return std::make_shared<const Entry>(std::move(entry));
  };
  constexpr std::size_t kTenth = RecentEntries::kMaxTextBytes / 10;
  RecentEntries recent;
  for (std::uint64_t seq = 1; seq <= 50; ++seq) recent.Push(message(seq, kTenth));
  EXPECT_EQ(recent.Find(Seq(40)), nullptr);
  EXPECT_NE(recent.Find(Seq(41)), nullptr);
  EXPECT_NE(recent.Find(Seq(50)), nullptr);
  recent.Push(message(51, 2 * RecentEntries::kMaxTextBytes));
  EXPECT_EQ(recent.Find(Seq(50)), nullptr);
  EXPECT_NE(recent.Find(Seq(51)), nullptr);
}

TEST(SentWindow, FindsBySenderAndClientId) {
  SentWindow window;
  window.Add(Ann(), Client(1), {Seq(5), Fingerprint{7}});
  ASSERT_TRUE(window.Find(Ann(), Client(1)).has_value());
  EXPECT_EQ(window.Find(Ann(), Client(1))->seq, Seq(5));
  EXPECT_EQ(window.Find(Ann(), Client(2)), std::nullopt);
  EXPECT_EQ(window.Find(UserId(), Client(1)), std::nullopt);
  EXPECT_TRUE(window.complete());
}

TEST(SentWindow, Trim_ForgetsTheOldest_AndSaysThatItIsIncomplete) {
  SentWindow window;
  for (std::uint64_t i = 1; i <= SentWindow::kCapacity + 2; ++i) {
    window.Add(Ann(), Client(i), {Seq(i), Fingerprint()});
  }
  window.Trim(Seq(SentWindow::kCapacity + 2));
  EXPECT_EQ(window.Find(Ann(), Client(2)), std::nullopt);
  EXPECT_TRUE(window.Find(Ann(), Client(3)).has_value());
  EXPECT_FALSE(window.complete());
}

TEST(SentWindow, Trim_NeverForgetsWhatIsNotCommitted) {
  SentWindow window;
  for (std::uint64_t i = 1; i <= SentWindow::kCapacity + 10; ++i) {
    window.Add(Ann(), Client(i), {Seq(i), Fingerprint()});
  }
  window.Trim(Seq(1));
  EXPECT_EQ(window.Find(Ann(), Client(1)), std::nullopt);
  EXPECT_TRUE(window.Find(Ann(), Client(2)).has_value());
}

}  // namespace
}  // namespace parley::chat
