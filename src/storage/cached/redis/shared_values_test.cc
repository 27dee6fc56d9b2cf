#include "storage/cached/redis/shared_values.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "storage/testing/log_builder.h"

namespace parley::storage::cached {
namespace {

const UserId kAnna = NewId<UserId>();

LogBuilder SomeLog() {
  LogBuilder log({kAnna, NewId<UserId>()}, "Tea");
  for (std::size_t i = 1; i < kPageEntries; ++i) log.Message(kAnna, "hello", {kAnna});
  return log;
}

ConversationSnapshot SnapshotOf(const LogBuilder& log) {
  return {.info = log.info(),
          .head = log.head(),
          .members = std::make_shared<const std::vector<Member>>(log.members()),
          .last_message = log.last_message()};
}

/// No beginning of the bytes may be taken for a value, or be read beyond.
template <class Decode>
void ExpectNoPartIsRead(std::string_view bytes, Decode decode) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode(bytes.substr(0, size)).status().code(), StatusCode::kDataLoss) << size;
  }
}

TEST(SharedValues, Head_ComesBackTheSame) {
  const LogBuilder log = SomeLog();
  const std::string bytes = EncodeHead(log.head(), log.last_message());
  const SharedHead head = *DecodeHead(bytes, log.id());
  EXPECT_EQ(head.head, log.head());
  EXPECT_EQ(*head.last_message, *log.last_message());
  ExpectNoPartIsRead(bytes, [&](std::string_view part) { return DecodeHead(part, log.id()); });

  const LogBuilder empty({kAnna});
  EXPECT_EQ(DecodeHead(EncodeHead(empty.head(), nullptr), empty.id())->last_message, nullptr);
  EXPECT_FALSE(DecodeHead(EncodeHead(log.head(), nullptr), log.id()).ok());
}

TEST(SharedValues, Body_ComesBackTheSame) {
  const LogBuilder log = SomeLog();
  const std::string bytes = EncodeBody(SnapshotOf(log));
  const SharedBody body = *DecodeBody(bytes, log.id());
  EXPECT_EQ(body.seq, log.head().seq);
  EXPECT_TRUE(body.spoken_in);
  EXPECT_EQ(body.info, log.info());
  EXPECT_EQ(*body.members, log.members());
  const std::string_view older = std::string_view(bytes).substr(0, bytes.size() - 1);
  EXPECT_EQ(*DecodeBody(older, log.id())->members, log.members());
  EXPECT_FALSE(DecodeBody(older, log.id())->spoken_in);
  ExpectNoPartIsRead(older, [&](std::string_view part) { return DecodeBody(part, log.id()); });

  const LogBuilder silent({kAnna});
  EXPECT_FALSE(DecodeBody(EncodeBody(SnapshotOf(silent)), silent.id())->spoken_in);
}

TEST(SharedValues, Page_ComesBackTheSame) {
  const LogBuilder log = SomeLog();
  const std::string bytes = EncodePage(log.entries());
  const std::vector<EntryPtr> page = *DecodePage(bytes, log.id(), 0);
  ASSERT_EQ(page.size(), kPageEntries);
  for (std::size_t i = 0; i < kPageEntries; ++i) EXPECT_EQ(*page[i], *log.entries()[i]);
  ExpectNoPartIsRead(bytes, [&](std::string_view part) { return DecodePage(part, log.id(), 0); });
}

TEST(SharedValues, User_ComesBackTheSame) {
  User user;
  user.id = kAnna;
  user.username = "anna";
  user.disabled = true;
  EXPECT_EQ(*DecodeUser(EncodeUser(user), kAnna), user);
}

TEST(SharedValues, Keys_AreOfOneInstallationAndSchema) {
  const SharedKeys keys("here");
  const ConversationId id = NewId<ConversationId>();
  EXPECT_EQ(keys.Head(id), "here:1:h:" + id.ToString());
  EXPECT_EQ(keys.Body(id), "here:1:b:" + id.ToString());
  EXPECT_EQ(keys.Page(id, 7), "here:1:p:" + id.ToString() + ":7");
  EXPECT_EQ(keys.User(kAnna), "here:1:u:" + kAnna.ToString());
}

}  // namespace
}  // namespace parley::storage::cached
