#include "chat/typing_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr TypingBook::SteadyTime kNow{1'000s};
constexpr std::uint64_t kPhone = 1;
constexpr std::uint64_t kLaptop = 2;

UserId Someone(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return UserId(Uuid(bytes));
}

class TypingBookTest : public testing::Test {
 protected:
  const UserId ann_ = Someone(1);
  const UserId bo_ = Someone(2);
  TypingBook book_;
};

TEST_F(TypingBookTest, Repeats_AreToldSeldom_ButBeforeClientsForget) {
  EXPECT_TRUE(book_.Active(ann_, kPhone, kNow));
  EXPECT_FALSE(book_.Active(ann_, kPhone, kNow + 1s));
  EXPECT_FALSE(book_.Active(ann_, kPhone, kNow + 2'499ms));
  EXPECT_TRUE(book_.Active(ann_, kPhone, kNow + 4'990ms));
}

TEST_F(TypingBookTest, EndsByItself_SixSecondsAfterTheLastRepeat) {
  book_.Active(ann_, kPhone, kNow);
  book_.Active(bo_, kPhone, kNow + 1s);
  book_.Active(ann_, kPhone, kNow + 2s);
  EXPECT_EQ(book_.NextDue(), kNow + 7s);
  EXPECT_THAT(book_.TakeEnded(kNow + 6'999ms), IsEmpty());
  EXPECT_THAT(book_.TakeEnded(kNow + 7s), ElementsAre(bo_));
  EXPECT_THAT(book_.TakeEnded(kNow + 8s), ElementsAre(ann_));
  EXPECT_TRUE(book_.empty());
  EXPECT_EQ(book_.NextDue(), std::nullopt);
}

TEST_F(TypingBookTest, TwoDevices_CountAsOne) {
  EXPECT_TRUE(book_.Active(ann_, kPhone, kNow));
  EXPECT_FALSE(book_.Active(ann_, kLaptop, kNow + 1s));
  EXPECT_FALSE(book_.Inactive(ann_, kPhone)) << "still typing on the other";
  EXPECT_THAT(book_.TakeEnded(kNow + 6'500ms), IsEmpty());
  EXPECT_TRUE(book_.Inactive(ann_, kLaptop));
  EXPECT_FALSE(book_.Inactive(ann_, kLaptop)) << "once";
}

TEST_F(TypingBookTest, End_EndsAllDevices_AndTheNextOneIsToldAtOnce) {
  book_.Active(ann_, kPhone, kNow);
  book_.Active(ann_, kLaptop, kNow);
  EXPECT_TRUE(book_.End(ann_));
  EXPECT_FALSE(book_.End(ann_));
  EXPECT_TRUE(book_.empty());
  EXPECT_TRUE(book_.Active(ann_, kPhone, kNow + 1ms));
}

TEST_F(TypingBookTest, ManyDevices_TakeNoMoreRoom) {
  for (std::uint64_t device = 0; device < 100; ++device) {
    book_.Active(ann_, device, kNow + std::chrono::milliseconds(device));
  }
  // Only the last ones are known.
  for (std::uint64_t device = 99; device > 100 - TypingBook::kMaxDevices; --device) {
    EXPECT_FALSE(book_.Inactive(ann_, device));
  }
  EXPECT_TRUE(book_.Inactive(ann_, 100 - TypingBook::kMaxDevices));
}

}  // namespace
}  // namespace parley::chat
