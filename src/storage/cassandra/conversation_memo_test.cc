#include "storage/cassandra/conversation_memo.h"

#include <optional>

#include <gtest/gtest.h>

#include "base/random.h"

namespace parley::storage::cassandra {
namespace {

ConversationId NewConversation() {
  SystemRandom random;
  return ConversationId(Uuid::Version7(FromMillis(1'800'000'000'000), random));
}

TEST(ConversationMemo, Get_AnswersWhatWasSetLast) {
  ConversationMemo memo;
  const ConversationId one = NewConversation();
  EXPECT_EQ(memo.Get(one), std::nullopt);
  EXPECT_EQ(memo.Get(ConversationId()), std::nullopt);
  memo.Set(one, 7);
  EXPECT_EQ(memo.Get(one), 7);
  memo.Set(one, 3);
  EXPECT_EQ(memo.Get(one), 3);
}

TEST(ConversationMemo, Set_OnTheSamePlace_ForgetsTheOther) {
  ConversationMemo memo(1);
  const ConversationId one = NewConversation();
  const ConversationId two = NewConversation();
  memo.Set(one, 1);
  memo.Set(two, 2);
  EXPECT_EQ(memo.Get(one), std::nullopt);
  EXPECT_EQ(memo.Get(two), 2);
}

}  // namespace
}  // namespace parley::storage::cassandra
