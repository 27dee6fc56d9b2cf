#include "chat/recent.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/random.h"

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

ClientId MadeAt(TimePoint at) {
  FakeRandom random;
  return ClientId(Uuid::Version7(at, random));
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

constexpr TimePoint kNow{std::chrono::milliseconds(1'700'000'000'000)};

TEST(SentWindow, FindsBySenderAndClientId) {
  SentWindow window;
  window.Add(Ann(), Client(1), {Seq(5), Fingerprint{7}});
  ASSERT_TRUE(window.Find(Ann(), Client(1)).has_value());
  EXPECT_EQ(window.Find(Ann(), Client(1))->seq, Seq(5));
  EXPECT_EQ(window.Find(Ann(), Client(2)), std::nullopt);
  EXPECT_EQ(window.Find(UserId(), Client(1)), std::nullopt);
  EXPECT_TRUE(window.IsNew(Client(2), kNow)) << "it holds all";
}

TEST(SentWindow, Trim_ForgetsTheOldest_AndWhatIsNoLaterMayBeOneOfThem) {
  SentWindow window;
  for (std::uint64_t i = 1; i <= SentWindow::kCapacity + 2; ++i) {
    window.Add(Ann(), Client(i), {Seq(i), Fingerprint()});
  }
  window.Trim(Seq(SentWindow::kCapacity + 2), kNow);
  EXPECT_EQ(window.Find(Ann(), Client(2)), std::nullopt);
  EXPECT_TRUE(window.Find(Ann(), Client(3)).has_value());
  EXPECT_FALSE(window.IsNew(Client(2), kNow));
}

TEST(SentWindow, IsNew_MadeAfterWhatWasForgotten) {
  SentWindow window;
  for (std::uint64_t i = 1; i <= SentWindow::kCapacity + 2; ++i) {
    window.Add(Ann(), MadeAt(kNow + std::chrono::milliseconds(i)), {Seq(i), Fingerprint()});
  }
  window.Trim(Seq(SentWindow::kCapacity + 2), kNow);
  EXPECT_FALSE(window.IsNew(MadeAt(kNow + std::chrono::milliseconds(2)), kNow));
  EXPECT_TRUE(window.IsNew(MadeAt(kNow + std::chrono::milliseconds(3)), kNow));
  EXPECT_FALSE(window.IsNew(Client(9'999), kNow)) << "it does not say when it was made";
}

TEST(SentWindow, IsNew_MadeAfterAllEarlierOnes) {
  SentWindow window;
  window.SetEarlier(kNow);
  EXPECT_FALSE(window.IsNew(MadeAt(kNow), kNow));
  EXPECT_TRUE(window.IsNew(MadeAt(kNow + std::chrono::milliseconds(1)), kNow));
  window.SetEarlier(std::nullopt);
  EXPECT_FALSE(window.IsNew(MadeAt(kNow + std::chrono::milliseconds(1)), kNow));
}

TEST(SentWindow, Trim_NeverForgetsWhatIsNotCommitted) {
  SentWindow window;
  for (std::uint64_t i = 1; i <= SentWindow::kCapacity + 10; ++i) {
    window.Add(Ann(), Client(i), {Seq(i), Fingerprint()});
  }
  window.Trim(Seq(1), kNow);
  EXPECT_EQ(window.Find(Ann(), Client(1)), std::nullopt);
  EXPECT_TRUE(window.Find(Ann(), Client(2)).has_value());
}

}  // namespace
}  // namespace parley::chat
