#include "wire/server_frames.h"

#include <string>

#include <gtest/gtest.h>

#include "wire/encode.h"
#include "wire/json_reader.h"
#include "wire/testing/golden.h"
#include "wire/testing/samples.h"

namespace parley::wire {
namespace {

void ExpectGoldenFrame(std::string_view name, const Frame& frame) {
  ExpectGolden(name, frame.payload());
}

TEST(ServerFrames, Ready_IsGolden) {
  ExpectGoldenFrame("server_ready", EncodeReadyFrame({samples::kAnn, samples::kSession, "cursor-1",
                                                      std::chrono::milliseconds(25'000)}));
}

TEST(ServerFrames, Ack_IsGolden) {
  Ack ack{"r1", samples::kGroup, Seq(5), samples::kMessage, samples::kTime};
  ExpectGoldenFrame("server_ack", EncodeAckFrame(ack));
  ack.duplicate = true;
  ExpectGoldenFrame("server_ack_duplicate", EncodeAckFrame(ack));
}

TEST(ServerFrames, Error_IsGolden) {
  ExpectGoldenFrame("server_error",
                    EncodeErrorFrame("r1", InvalidField("text", "must not be blank")));
  ExpectGoldenFrame(
      "server_error_rate_limited",
      EncodeErrorFrame(std::nullopt, Status(StatusCode::kRateLimited, "too many messages")
                                         .WithRetryAfter(std::chrono::seconds(2))));
}

TEST(ServerFrames, InternalError_DoesNotTellTheMessage) {
  const Frame frame = EncodeErrorFrame("r1", DataLoss("row 7 is broken"));
  EXPECT_EQ(frame.payload().find("row 7"), std::string_view::npos);
  EXPECT_NE(frame.payload().find(R"("code":"internal")"), std::string_view::npos);
}

TEST(ServerFrames, Change_IsGoldenEitherWay) {
  const ChangeView change = samples::Shown(samples::Message());
  ExpectGoldenFrame("server_change_message", EncodeChangeFrame(change));
  EXPECT_EQ(EncodeChangeFrame(EncodeChange(change)).bytes(), EncodeChangeFrame(change).bytes());
  ExpectGoldenFrame("server_change_members",
                    EncodeChangeFrame(samples::Shown(samples::Joining(), {samples::Bo()})));
}

TEST(ServerFrames, Momentary_IsGolden) {
  ExpectGoldenFrame("server_receipt",
                    EncodeReceiptFrame(samples::kGroup, samples::kBo, {Seq(4), 2, Seq(5)}));
  ExpectGoldenFrame("server_typing",
                    EncodeTypingFrame(samples::kGroup, samples::kBo, Typing::kActive));
  ExpectGoldenFrame("server_presence_online",
                    EncodePresenceFrame(samples::kBo, Presence::kOnline, std::nullopt));
  ExpectGoldenFrame("server_presence_offline",
                    EncodePresenceFrame(samples::kBo, Presence::kOffline, samples::kTime));
}

TEST(ServerFrames, UserInboxPong_IsGolden) {
  ExpectGoldenFrame("server_user", EncodeUserFrame(samples::Ann()));
  ExpectGoldenFrame("server_inbox", EncodeInboxFrame(samples::GroupOfAnn()));
  ExpectGoldenFrame("server_inbox_left", EncodeInboxLeftFrame(samples::kGroup));
  ExpectGoldenFrame("server_pong", EncodePongFrame("r1"));
  EXPECT_EQ(EncodePongFrame(std::nullopt).payload(), R"({"type":"pong"})");
}

constexpr std::size_t kFrameBytes = std::size_t{256} * 1024;

TEST(SyncFrameBuilder, ConversationsLeftAndCursor_IsGolden) {
  SyncFrameBuilder builder(kFrameBytes);
  EXPECT_TRUE(builder.empty());
  EXPECT_TRUE(
      builder.BeginConversation(EncodeConversation(samples::GroupOfAnn()), SyncPart::kChanges));
  EXPECT_TRUE(builder.AddChange(EncodeChange(samples::Shown(samples::Message()))));
  EXPECT_TRUE(builder.AddChange(EncodeChange(samples::Shown(samples::Renaming()))));
  EXPECT_TRUE(builder.BeginConversation(EncodeConversation(samples::Direct()), SyncPart::kReset));
  EXPECT_TRUE(builder.AddLeft(samples::MakeId<ConversationId>("c8")));
  EXPECT_TRUE(builder.AddLeft(samples::MakeId<ConversationId>("c9")));
  EXPECT_FALSE(builder.empty());
  ExpectGoldenFrame("server_sync", builder.FinishLast("cursor-2"));
}

TEST(SyncFrameBuilder, NothingMissed_IsGolden) {
  ExpectGoldenFrame("server_sync_empty", SyncFrameBuilder(kFrameBytes).FinishLast("cursor-2"));
}

TEST(SyncFrameBuilder, Part_SaysMoreAndHasNoCursor) {
  SyncFrameBuilder builder(kFrameBytes);
  EXPECT_TRUE(builder.BeginConversation("{}", SyncPart::kChanges));
  EXPECT_EQ(builder.FinishPart().payload(),
            R"({"type":"sync","conversations":[{"conversation":{},"changes":[],"reset":false}],)"
            R"("left":[],"cursor":null,"more":true})");
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(builder.FinishLast("").payload(),
            R"({"type":"sync","conversations":[],"left":[],"cursor":"","more":false})");
}

/// Fills frames with equal changes until `total` are taken; answers how many frames that took.
std::size_t SendChanges(SyncFrameBuilder& builder, std::string_view change, std::size_t total,
                        std::size_t max_bytes) {
  std::size_t frames = 0;
  for (std::size_t taken = 0; taken < total; ++frames) {
    EXPECT_TRUE(builder.BeginConversation("{}", SyncPart::kChanges));
    while (taken < total && builder.AddChange(change)) ++taken;
    const Frame frame = builder.FinishLast(std::string(SyncFrameBuilder::kMaxCursorBytes, 'c'));
    EXPECT_LE(frame.payload().size(), max_bytes);
    EXPECT_TRUE(JsonDocument::Parse(frame.payload()).ok());
  }
  return frames;
}

TEST(SyncFrameBuilder, FullFrame_NeverPassesItsBoundAndIsWellUsed) {
  const std::string change = R"({"text":")" + std::string(200, 'x') + R"("})";
  for (const std::size_t max_bytes : {1'500U, 2'000U, 5'001U, 65'536U}) {
    SyncFrameBuilder builder(max_bytes);
    const std::size_t frames = SendChanges(builder, change, 100, max_bytes);
    const std::size_t room = max_bytes - SyncFrameBuilder(0).size();
    EXPECT_LE(frames, 100 * change.size() / (room / 2) + 1);
  }
}

TEST(SyncFrameBuilder, FirstConversationAndChange_AreTakenHoweverLarge) {
  SyncFrameBuilder builder(1'000);
  const std::string large = "\"" + std::string(2'000, 'x') + "\"";
  EXPECT_TRUE(builder.BeginConversation(large, SyncPart::kChanges));
  EXPECT_TRUE(builder.AddChange(large));
  EXPECT_FALSE(builder.AddChange("1"));
  EXPECT_FALSE(builder.BeginConversation("{}", SyncPart::kReset));
  EXPECT_FALSE(builder.AddLeft(samples::kGroup));
  EXPECT_TRUE(JsonDocument::Parse(builder.FinishPart().payload()).ok());
}

TEST(SyncFrameBuilder, RefusedConversation_LeavesTheOneBeforeOpen) {
  SyncFrameBuilder builder(1'000);
  ASSERT_TRUE(builder.BeginConversation("{}", SyncPart::kChanges));
  ASSERT_FALSE(builder.BeginConversation(std::string(1'000, '1'), SyncPart::kReset));
  EXPECT_TRUE(builder.AddChange("1"));
  EXPECT_NE(builder.FinishPart().payload().find(R"("changes":[1],"reset":false}],)"),
            std::string_view::npos);
}

TEST(SyncFrameBuilder, FirstChangeOfALaterConversation_IsNotForced) {
  SyncFrameBuilder builder(1'000);
  ASSERT_TRUE(builder.BeginConversation("{}", SyncPart::kChanges));
  ASSERT_TRUE(builder.BeginConversation("{}", SyncPart::kChanges));
  EXPECT_FALSE(builder.AddChange(std::string(1'000, '1')));
}

}  // namespace
}  // namespace parley::wire
