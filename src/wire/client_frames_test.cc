#include "wire/client_frames.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "wire/testing/golden.h"
#include "wire/testing/samples.h"

namespace parley::wire {
namespace {

using namespace std::string_literals;

const Limits kLimits;
const std::string kConversation = samples::kGroup.ToString();
const std::string kClientId = samples::kClient.ToString();

ClientFrame ParseOk(std::string_view text) {
  ParsedFrame parsed = ParseClientFrame(text, kLimits);
  if (const auto* error = std::get_if<FrameError>(&parsed)) {
    ADD_FAILURE() << text << ": " << error->status.ToString();
  } else if (const auto* protocol = std::get_if<ProtocolError>(&parsed)) {
    ADD_FAILURE() << text << ": " << protocol->status.ToString();
  } else {
    return std::get<ClientFrame>(std::move(parsed));
  }
  return {};
}

/// The body of a golden frame; fails, with a default one, if it is of another type.
template <class Body>
Body GoldenBody(std::string_view name) {
  const ClientFrame frame = ParseOk(ReadGolden(name));
  const Body* body = std::get_if<Body>(&frame.body);
  EXPECT_NE(body, nullptr) << name;
  return body != nullptr ? *body : Body();
}

FrameError ParseBad(std::string_view text) {
  ParsedFrame parsed = ParseClientFrame(text, kLimits);
  FrameError* error = std::get_if<FrameError>(&parsed);
  EXPECT_NE(error, nullptr) << text;
  return error != nullptr ? std::move(*error) : FrameError();
}

/// A frame whose `field` is refused; the answer bears `ref`.
void ExpectRefused(std::string_view text, std::string_view field,
                   const std::optional<std::string>& ref = std::nullopt) {
  const FrameError error = ParseBad(text);
  EXPECT_EQ(error.status.code(), StatusCode::kInvalidArgument) << text;
  ASSERT_FALSE(error.status.fields().empty()) << text;
  EXPECT_EQ(error.status.fields()[0].field, field) << text;
  EXPECT_EQ(error.ref, ref) << text;
}

TEST(ParseClientFrame, GoldenSend_IsRead) {
  const ClientFrame frame = ParseOk(ReadGolden("client_send"));
  EXPECT_EQ(frame.ref, "r1");
  const auto send = GoldenBody<SendFrame>("client_send");
  EXPECT_EQ(send.conversation, samples::kGroup);
  EXPECT_EQ(send.request, (SendRequest{samples::kClient, "Hello, @bo!", Seq(2)}));
}

TEST(ParseClientFrame, GoldenAuthAndResume_AreRead) {
  EXPECT_EQ(GoldenBody<AuthFrame>("client_auth").token, "secret");
  const auto resume = GoldenBody<ResumeFrame>("client_resume");
  EXPECT_EQ(resume.cursor, "cursor-1");
  const std::vector<std::pair<ConversationId, Seq>> heads = {
      {samples::kGroup, Seq(5)}, {samples::MakeId<ConversationId>("c2"), Seq(0)}};
  EXPECT_EQ(resume.heads, heads);
  EXPECT_TRUE(resume.more);
  const auto first = GoldenBody<ResumeFrame>("client_resume_first");
  EXPECT_EQ(first.cursor, std::nullopt);
  EXPECT_TRUE(first.heads.empty());
  EXPECT_FALSE(first.more);
}

TEST(ParseClientFrame, GoldenPositionsAndMomentary_AreRead) {
  EXPECT_EQ(GoldenBody<ReadFrame>("client_read").conversation, samples::kGroup);
  EXPECT_EQ(GoldenBody<ReadFrame>("client_read").seq, Seq(5));
  EXPECT_EQ(GoldenBody<DeliveredFrame>("client_delivered").conversation, samples::kGroup);
  EXPECT_EQ(GoldenBody<DeliveredFrame>("client_delivered").seq, Seq(5));
  EXPECT_EQ(GoldenBody<TypingFrame>("client_typing").conversation, samples::kGroup);
  EXPECT_TRUE(GoldenBody<TypingFrame>("client_typing").active);
  EXPECT_EQ(GoldenBody<WatchPresenceFrame>("client_watch_presence").user_ids,
            (std::vector{samples::kAnn, samples::kBo}));
  GoldenBody<PingFrame>("client_ping");
  EXPECT_EQ(ParseOk(ReadGolden("client_ping")).ref, "r1");
  EXPECT_EQ(ParseOk(R"({"type":"ping"})").ref, std::nullopt);
}

TEST(ParseClientFrame, CommandsNotOfferedYet_AreKnown) {
  for (const char* type : {"react", "edit", "delete"}) {
    const ClientFrame frame =
        ParseOk("{\"type\":\""s + type + R"(","ref":"r1","seq":7,"emoji":"x","for":"me"})");
    EXPECT_EQ(frame.ref, "r1");
    ASSERT_TRUE(std::holds_alternative<UnsupportedFrame>(frame.body));
    EXPECT_EQ(std::get<UnsupportedFrame>(frame.body).type, type);
  }
}

TEST(ParseClientFrame, WhatIsNoObjectWithAType_IsAProtocolError) {
  for (const std::string& text :
       {""s,
        "nonsense"s,
        "[]"s,
        "5"s,
        "null"s,
        "\"text\""s,
        "{"s,
        "{\"type\":\"ping\""s,
        "{}"s,
        "{\"ref\":\"1\"}"s,
        "{\"type\":5}"s,
        "{\"type\":null}"s,
        "{\"type\":[\"ping\"]}"s,
        "{\"type\":\"ping\"} {\"type\":\"ping\"}"s,
        "{\"type\":\"ping\",}"s,
        "\0"s,
        "{\"type\":\"ping\",\"type\":\"ping\"}"s,
        "{\"type\":\"ping\",\"ref\":\"\xFF\"}"s,
        "{\"type\":\"ping\",\"ref\":\"\\ud800\"}"s,
        "{\"type\":\"resume\",\"heads\":{\"a\":1,\"a\":2}}"s,
        "{\"type\":" + std::string(50'000, '[') + std::string(50'000, ']') + "}"}) {
    const ParsedFrame parsed = ParseClientFrame(text, kLimits);
    ASSERT_TRUE(std::holds_alternative<ProtocolError>(parsed)) << text;
    EXPECT_EQ(std::get<ProtocolError>(parsed).status.code(), StatusCode::kMalformed) << text;
  }
}

TEST(ParseClientFrame, UnknownType_IsAnErrorWithItsRef) {
  ExpectRefused(R"({"type":"unheard-of","ref":"r1","x":1})", "type", "r1");
  ExpectRefused(R"({"type":""})", "type");
  ExpectRefused(R"({"type":"Ping"})", "type");
  EXPECT_EQ(ParseBad(R"({"type":"unheard-of"})").type, "unheard-of");
  EXPECT_EQ(ParseBad(R"({"type":"auth","token":5})").type, "auth");
}

TEST(ParseClientFrame, WrongRef_IsAnErrorWithoutRef) {
  for (const std::string& ref :
       {"5"s, "null"s, "{}"s, "[\"x\"]"s, "\"x\\u0000\""s, "\"" + std::string(129, 'r') + "\""}) {
    ExpectRefused("{\"type\":\"ping\",\"ref\":" + ref + "}", "ref");
    ExpectRefused("{\"type\":\"edit\",\"ref\":" + ref + "}", "ref");
  }
  const std::string longest(128, 'r');
  EXPECT_EQ(ParseOk("{\"type\":\"ping\",\"ref\":\"" + longest + "\"}").ref, longest);
  EXPECT_EQ(ParseOk(R"({"type":"ping","ref":""})").ref, "");
}

TEST(ParseClientFrame, BadSend_IsAnErrorWithItsRef) {
  const auto send = [](const std::string& fields) {
    return R"({"type":"send","ref":"r1")" + fields + "}";
  };
  const std::string to = ",\"conversation_id\":\"" + kConversation + "\"";
  const std::string by = ",\"client_id\":\"" + kClientId + "\"";
  const std::string text = ",\"text\":\"x\"";
  ParseOk(send(to + by + text));
  ExpectRefused(send(by + text), "conversation_id", "r1");
  ExpectRefused(send(",\"conversation_id\":\"x\"" + by + text), "conversation_id", "r1");
  ExpectRefused(send(",\"conversation_id\":null" + by + text), "conversation_id", "r1");
  ExpectRefused(send(to + text), "client_id", "r1");
  ExpectRefused(send(to + ",\"client_id\":\"first\"" + text), "client_id", "r1");
  ExpectRefused(send(to + by), "text", "r1");
  ExpectRefused(send(to + by + ",\"text\":\" \""), "text", "r1");
  ExpectRefused(send(to + by + ",\"text\":\"a\\u0000\""), "text", "r1");
  ExpectRefused(send(to + by + text + ",\"reply_to\":\"2\""), "reply_to", "r1");
  ExpectRefused(send(to + by + text + ",\"media_ids\":[\"x\"]"), "media_ids", "r1");
  ExpectRefused(send(to + by + text + ",\"colour\":1"), "colour", "r1");
  ExpectRefused("{\"type\":\"send\"" + to + by + text + "}", "ref");
}

TEST(ParseClientFrame, BadPositions_AreErrors) {
  const std::string to = "\"conversation_id\":\"" + kConversation + "\"";
  for (const char* type : {"read", "delivered"}) {
    const auto position = [&](const std::string& fields) {
      return fmt::format(R"({{"type":"{}",{}}})", type, fields);
    };
    for (const char* seq : {"0", "-1", "\"2\"", "1.5", "1.0", "1e3", "null", "1152921504606846976",
                            "1e999", "99999999999999999999999"}) {
      ExpectRefused(position(to + ",\"seq\":" + seq), "seq");
    }
    ExpectRefused(position(to), "seq");
    ExpectRefused(position("\"seq\":1"), "conversation_id");
    ExpectRefused(position(to + ",\"seq\":1,\"nope\":1"), "nope");
  }
}

TEST(ParseClientFrame, OtherBadFields_AreErrors) {
  const std::string to = "\"conversation_id\":\"" + kConversation + "\"";
  ExpectRefused(R"({"type":"auth"})", "token");
  ExpectRefused(R"({"type":"auth","token":5})", "token");
  ExpectRefused(R"({"type":"typing",)" + to + "}", "active");
  ExpectRefused(R"({"type":"typing",)" + to + R"(,"active":1})", "active");
  ExpectRefused(R"({"type":"ping","nope":1})", "nope");
  ExpectRefused(R"({"type":"watch_presence"})", "user_ids");
  ExpectRefused(R"({"type":"watch_presence","user_ids":["x"]})", "user_ids");
  ExpectRefused(R"({"type":"resume","cursor":5})", "cursor");
  ExpectRefused(R"({"type":"resume","more":"yes"})", "more");
  ExpectRefused(R"({"type":"resume","heads":[]})", "heads");
  for (const std::string& heads :
       {"\"x\":1"s, "\"\":1"s, "\"" + kConversation + "\":-1", "\"" + kConversation + "\":\"1\"",
        "\"" + kConversation + "\":null", "\"" + kConversation + "\":1.0",
        "\"" + kConversation + "\":1,\"00000000-0000-7000-8000-0000000000C1\":1"}) {
    ExpectRefused("{\"type\":\"resume\",\"heads\":{" + heads + "}}", "heads");
  }
}

/// A comma-separated list of `count` different ids, each between `before` and `after`.
std::string ManyIds(int count, std::string_view before, std::string_view after) {
  std::string list;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(100'000'000'000 + i);
    list += list.empty() ? "" : ",";
    list.append(before).append("00000000-0000-7000-8000-").append(number).append(after);
  }
  return list;
}

TEST(ParseClientFrame, Lists_AreBounded) {
  const auto resume = [](int count) {
    return R"({"type":"resume","heads":{)" + ManyIds(count, "\"", "\":1") + "}}";
  };
  EXPECT_EQ(std::get<ResumeFrame>(ParseOk(resume(1'000)).body).heads.size(), 1'000U);
  ExpectRefused(resume(1'001), "heads");
  const auto watch = [](int count) {
    return R"({"type":"watch_presence","user_ids":[)" + ManyIds(count, "\"", "\"") + "]}";
  };
  EXPECT_EQ(std::get<WatchPresenceFrame>(ParseOk(watch(500)).body).user_ids.size(), 500U);
  ExpectRefused(watch(501), "user_ids");
}

}  // namespace
}  // namespace parley::wire
