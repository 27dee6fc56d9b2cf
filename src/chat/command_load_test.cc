#include "chat/command_load.h"

#include <memory>
#include <utility>

#include <gtest/gtest.h>

namespace parley::chat {
namespace {

TEST(CommandLoadTest, BeyondTheBound_RefusesUntilOneIsAnswered) {
  CommandLoad load(2 * CommandLoad::kCommandBytes);
  std::optional<CommandLoad::Ticket> first = load.Enter(0);
  std::optional<CommandLoad::Ticket> second = load.Enter(500);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(load.Enter(0));
  EXPECT_EQ(load.commands(), 2);
  EXPECT_EQ(load.bytes(), static_cast<std::int64_t>(2 * CommandLoad::kCommandBytes + 500));
  first.reset();
  EXPECT_TRUE(load.Enter(0));
}

TEST(CommandLoadTest, OneLargerThanTheBound_FindsRoomAlone) {
  CommandLoad load(1);
  EXPECT_TRUE(load.Enter(100'000));
  EXPECT_TRUE(load.Enter(100'000)) << "the one before has been answered";
}

TEST(CommandLoadTest, Ticket_MayEndAfterTheLoad) {
  auto load = std::make_unique<CommandLoad>(1'000'000);
  const CommandLoad::Ticket held = *load->Enter(1);
  load.reset();
}

TEST(CommandLoadTest, Ticket_MovedOnAndOn_IsGivenBackOnce) {
  CommandLoad load(1'000'000);
  {
    CommandLoad::Ticket held = *load.Enter(1);
    CommandLoad::Ticket moved(std::move(held));
    CommandLoad::Ticket assigned;
    assigned = std::move(moved);
    EXPECT_EQ(load.commands(), 1);
  }
  EXPECT_EQ(load.commands(), 0);
  EXPECT_EQ(load.bytes(), 0);
}

}  // namespace
}  // namespace parley::chat
