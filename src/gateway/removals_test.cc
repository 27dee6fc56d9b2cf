#include "gateway/removals.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "wire/server_frames.h"

namespace parley::gateway {
namespace {

class RemovalsTest : public ::testing::Test {
 protected:
  static UserId NewUser() {
    SystemRandom random;
    return UserId(Uuid::Version7(FromMillis(1'800'000'000'000), random));
  }
  /// As it travels.
  bus::Event Change(decltype(Entry::body) body) {
    Entry entry;
    entry.seq = Seq(7);
    entry.actor = ann_;
    entry.body = std::move(body);
    entry_ = entry;
    return {.kind = bus::Event::Kind::kChange,
            .conversation = {},
            .seq = entry.seq,
            .frame = wire::EncodeChangeFrame(
                ChangeView{std::make_shared<const Entry>(std::move(entry)), {}, Seq(1)}),
            .sessions = {}};
  }

  const UserId ann_ = NewUser();
  const UserId bo_ = NewUser();
  const UserId cy_ = NewUser();
  Entry entry_;
};

TEST_F(RemovalsTest, OnlyWhoIsRemoved) {
  const bus::Event change = Change(MembersBody{.added = {cy_}, .removed = {bo_}, .roles = {}});
  for (const UserId user : {ann_, bo_, cy_}) {
    EXPECT_EQ(Removes(entry_, user), user == bo_);
    EXPECT_EQ(Removes(change, user), user == bo_);
  }
}

TEST_F(RemovalsTest, ATextThatLooksLikeIt_RemovesNobody) {
  MessageBody message;
  message.text = R"("removed":[")" + bo_.ToString() + R"("])";
  const bus::Event change = Change(message);
  EXPECT_FALSE(Removes(entry_, bo_));
  EXPECT_FALSE(Removes(change, bo_));
}

}  // namespace
}  // namespace parley::gateway
