#include "chat/command_codec.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::chat {
namespace {

template <class IdType>
IdType MakeId(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes[15] = number;
  return IdType(Uuid(bytes));
}

const auto kConversation = MakeId<ConversationId>(1);
const auto kCaller = MakeId<UserId>(2);

User Somebody(std::uint8_t number) {
  User user;
  user.id = MakeId<UserId>(number);
  user.username = "user" + std::to_string(number);
  user.display_name = "Ünal";
  user.email = "a@example.org";
  user.created_at = FromMillis(1'700'000'000'000);
  user.invited_by = kCaller;
  return user;
}

std::vector<CommandBody> Bodies() {
  CreateCommand create;
  create.info.id = kConversation;
  create.info.title = "Band";
  create.info.created_by = kCaller;
  create.info.history = HistoryPolicy::kAll;
  create.founders = {Somebody(2), Somebody(3)};
  SendCommand send;
  send.client_id = MakeId<ClientId>(4);
  send.text = "hello \xF0\x9F\x8E\xB8";
  send.media = {MakeId<MediaId>(5), MakeId<MediaId>(6)};
  send.reply_to = Seq(7);
  return {create,
          send,
          SendCommand{MakeId<ClientId>(8), "", {}, std::nullopt},
          UpdateCommand{"", HistoryPolicy::kJoined},
          UpdateCommand{std::nullopt, std::nullopt},
          AddMembersCommand{{Somebody(9)}},
          RemoveMemberCommand{MakeId<UserId>(10)},
          SetRoleCommand{MakeId<UserId>(11), Role::kAdmin},
          MarkCommand{Seq(12), Seq(13), MarkAnswer::kWhenTaken},
          TypingCommand{std::uint64_t{1} << 63, true}};
}

/// All that a body says, so that two can be compared.
std::string Spell(const CommandBody& body) {
  return EncodeCommand({1, 2, kConversation, kCaller, body});
}

TEST(CommandCodec, EveryCommand_ComesOutAsItWentIn) {
  for (const CommandBody& body : Bodies()) {
    const Result<ForwardedCommand> read =
        DecodeCommand(EncodeCommand({7, 300, kConversation, kCaller, body}));
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(read->link, 7U);
    EXPECT_EQ(read->number, 300U);
    EXPECT_EQ(read->conversation, kConversation);
    EXPECT_EQ(read->caller, kCaller);
    EXPECT_EQ(read->body.index(), body.index());
    EXPECT_EQ(Spell(read->body), Spell(body));
  }
}

TEST(CommandCodec, Fields) {
  const auto read = DecodeCommand(Spell(Bodies()[1]));
  ASSERT_TRUE(read.ok());
  const auto& send = std::get<SendCommand>(read->body);
  EXPECT_EQ(send.client_id, MakeId<ClientId>(4));
  EXPECT_EQ(send.text, "hello \xF0\x9F\x8E\xB8");
  EXPECT_EQ(send.media.size(), 2U);
  EXPECT_EQ(send.reply_to, Seq(7));
  const auto created = DecodeCommand(Spell(Bodies()[0]));
  ASSERT_TRUE(created.ok());
  const auto& create = std::get<CreateCommand>(created->body);
  EXPECT_EQ(create.info, std::get<CreateCommand>(Bodies()[0]).info);
  EXPECT_EQ(create.founders, std::get<CreateCommand>(Bodies()[0]).founders);
}

TEST(CommandCodec, CutOrUnknown_IsDataLoss) {
  for (const CommandBody& body : Bodies()) {
    const std::string bytes = Spell(body);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(DecodeCommand(bytes.substr(0, size)).status().code(), StatusCode::kDataLoss);
    }
  }
  std::string newer = Spell(Bodies()[1]);
  newer[0] = 2;
  EXPECT_EQ(DecodeCommand(newer).status().code(), StatusCode::kDataLoss);
  // A field that a later version has added.
  EXPECT_TRUE(DecodeCommand(Spell(Bodies()[1]) + "more").ok());
}

TEST(CommandCodec, Answers_ComeOutAsTheyWentIn) {
  Entry entry;
  entry.conversation = kConversation;
  entry.seq = Seq(5);
  entry.n = 4;
  entry.actor = kCaller;
  entry.at = FromMillis(1'700'000'000'000);
  MessageBody message;
  message.id = MakeId<MessageId>(1);
  message.client_id = MakeId<ClientId>(2);
  message.text = "x";
  entry.body = message;
  const auto made = std::make_shared<const Entry>(entry);
  const auto read =
      DecodeAnswer(EncodeAnswer({.answer = CommandAnswer{made, true}}), kConversation);
  ASSERT_TRUE(read.ok() && read->answer.ok());
  EXPECT_FALSE(read->missed);
  EXPECT_TRUE((*read->answer).existed);
  EXPECT_EQ(*(*read->answer).entry, entry);

  const auto nothing = DecodeAnswer(EncodeAnswer({.answer = CommandAnswer()}), kConversation);
  ASSERT_TRUE(nothing.ok() && nothing->answer.ok());
  EXPECT_EQ((*nothing->answer).entry, nullptr);

  const auto missed = DecodeAnswer(EncodeAnswer({.missed = true}), kConversation);
  EXPECT_TRUE(missed.ok() && missed->missed);
}

TEST(CommandCodec, Refusals_KeepAllThatTheySay) {
  const Status status = InvalidField("reply_to", "names no message of this conversation")
                            .WithRetryAfter(std::chrono::milliseconds(1'500));
  const auto read = DecodeAnswer(EncodeAnswer({.answer = status}), kConversation);
  ASSERT_TRUE(read.ok());
  const Status got = read->answer.status();
  EXPECT_EQ(got.ToString(), status.ToString());
  EXPECT_EQ(got.fields(), status.fields());
  EXPECT_EQ(got.retry_after(), status.retry_after());
  const std::string bytes = EncodeAnswer({.answer = status});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeAnswer(bytes.substr(0, size), kConversation).ok());
  }
}

}  // namespace
}  // namespace parley::chat
