#include "wire/json_reader.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "wire/testing/samples.h"

namespace parley::wire {
namespace {

using namespace std::string_literals;

StatusCode CodeOf(std::string_view text) { return JsonDocument::Parse(text).status().code(); }

/// Lists in lists, `depth` of them, as the field of an object, which counts as one more.
std::string Nested(std::size_t depth) {
  return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST(JsonDocument, WhatIsNotJson_IsMalformed) {
  const std::string texts[] = {"",
                               " ",
                               "hello",
                               "{",
                               "}",
                               "{\"a\":1",
                               "{\"a\":1,}",
                               "{,}",
                               "{\"a\"}",
                               "{\"a\":}",
                               "{'a':1}",
                               "{a:1}",
                               "{} {}",
                               "{}x",
                               "{\"a\":1 /* c */}",
                               "{\"a\":NaN}",
                               "{\"a\":Infinity}",
                               "{\"a\":tru}",
                               "{\"a\":nulll}",
                               "{\"a\":\"x\ny\"}",
                               "{\"a\":\"\\x41\"}",
                               "{\"a\":\"\\u12\"}",
                               "{\"a\":\"x}",
                               "{\"a\":[1,]}",
                               "{\"a\":[1 2]}",
                               "\xEF\xBB\xBF{}",
                               "\0{}"s,
                               "{}\0"s};
  for (const std::string& text : texts) EXPECT_EQ(CodeOf(text), StatusCode::kMalformed) << text;
}

TEST(JsonDocument, WrongNumbers_AreMalformed) {
  for (const char* number : {"01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "1e5e5", "--1",
                             "1-1", "00000000000000000000001", "123456789012345678901234567890e",
                             "1.2.3", "1_000", "1e400e", "-01"}) {
    EXPECT_EQ(CodeOf("{\"a\":"s + number + "}"), StatusCode::kMalformed) << number;
    // Also beside one that simdjson refuses and we do not.
    EXPECT_EQ(CodeOf("{\"b\":1e999,\"a\":"s + number + "}"), StatusCode::kMalformed) << number;
  }
}

TEST(JsonDocument, InvalidUtf8_IsMalformed) {
  for (const char* bytes : {"\xFF\xFE", "\xC0\xAF", "\xED\xA0\x80", "\xED\xBF\xBF",
                            "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xF0\x80\x80\xAF"}) {
    EXPECT_EQ(CodeOf("{\"a\":\""s + bytes + "\"}"), StatusCode::kMalformed);
    EXPECT_EQ(CodeOf("{\""s + bytes + "\":1}"), StatusCode::kMalformed);
  }
}

TEST(JsonDocument, LoneSurrogates_AreMalformed) {
  for (const char* escape :
       {R"(\ud800)", R"(\udbff)", R"(\udc00)", R"(\uDFFF)", R"(\ud800x)", R"(\ud800\n)",
        R"(\udc00\ud800)", R"(\ud800\ud800)", R"(\ud800\u0041)", R"(\ud800\ue000)",
        R"(\ud83d\ude00\ude00)", R"(\ud800\\udc00)", R"(\ud800 \udc00)", R"(x\ud8)"}) {
    EXPECT_EQ(CodeOf("{\"a\":\""s + escape + "\"}"), StatusCode::kMalformed) << escape;
    EXPECT_EQ(CodeOf("{\""s + escape + "\":1}"), StatusCode::kMalformed) << escape;
    EXPECT_EQ(CodeOf("{\"a\":1e999,\"b\":[\""s + escape + "\"]}"), StatusCode::kMalformed)
        << escape;
  }
}

TEST(JsonDocument, SurrogatePairsAndEscapedBackslashes_AreFine) {
  for (const char* text :
       {R"({"a":"\ud83d\ude00"})", R"({"a":"\\ud800"})", R"({"a":"\uD7FF\uE000"})"}) {
    EXPECT_EQ(CodeOf(text), StatusCode::kOk) << text;
  }
}

TEST(JsonDocument, DuplicateNames_AreMalformedAtAnyDepth) {
  for (const char* text :
       {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":3})", R"({"text":1,"t\u0065xt":2})",
        R"({"":1,"":2})", R"({"a":{"b":1,"b":2}})", R"({"a":[1,[{"b":1,"c":2,"b":3}]]})",
        R"({"a":1e999,"b":{"c":1,"c":1}})"}) {
    EXPECT_EQ(CodeOf(text), StatusCode::kMalformed) << text;
  }
  EXPECT_EQ(CodeOf(R"({"a":{"a":{"a":1}},"A":1,"b":[{"a":1},{"a":1}]})"), StatusCode::kOk);
}

TEST(JsonDocument, Depth_EndsAt32) {
  EXPECT_EQ(CodeOf(Nested(31)), StatusCode::kOk);
  for (const std::size_t depth : {32U, 33U, 1'023U, 1'024U, 50'000U}) {
    EXPECT_EQ(CodeOf(Nested(depth)), StatusCode::kMalformed) << depth;
  }
  EXPECT_EQ(CodeOf(std::string(100'000, '[')), StatusCode::kMalformed);
}

TEST(JsonDocument, TopLevelThatIsNoObject_IsMalformed) {
  for (const char* text : {"[]", "5", "\"text\"", "null", "true", "1.5", "1e999"}) {
    EXPECT_EQ(CodeOf(text), StatusCode::kMalformed) << text;
  }
}

TEST(JsonDocument, DocumentsOfOneThread_DoNotDisturbEachOther) {
  Result<JsonDocument> first = JsonDocument::Parse(R"({"name":"first"})");
  Result<JsonDocument> second = JsonDocument::Parse(R"({"name":"second"})");
  ASSERT_TRUE(first.ok() && second.ok());
  const JsonDocument moved = *std::move(first);
  EXPECT_EQ(FieldReader(moved.root()).String("name"), "first");
  EXPECT_EQ(FieldReader(second->root()).String("name"), "second");
}

TEST(JsonDocument, AfterAnError_TheNextTextIsRead) {
  EXPECT_FALSE(JsonDocument::Parse("{").ok());
  EXPECT_TRUE(JsonDocument::Parse("{}").ok());
  const std::string large = "{\"a\":\"" + std::string(200'000, 'x') + "\"}";
  EXPECT_TRUE(JsonDocument::Parse(large).ok());
  EXPECT_TRUE(JsonDocument::Parse("{}").ok());
}

/// Reads `{"a": <value>}`.
class FieldTest : public testing::Test {
 protected:
  FieldReader Reader(std::string_view value) {
    Result<JsonDocument> document = JsonDocument::Parse("{\"a\":"s.append(value) + "}");
    EXPECT_TRUE(document.ok()) << value;
    document_.emplace(*std::move(document));
    return FieldReader(document_->root());
  }

  void ExpectRefused(FieldReader& in, std::string_view value) {
    const Status status = in.Errors();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << value;
    ASSERT_EQ(status.fields().size(), 1U) << value;
    EXPECT_EQ(status.fields()[0].field, "a");
    EXPECT_FALSE(status.fields()[0].detail.empty());
  }

 private:
  std::optional<JsonDocument> document_;
};

TEST_F(FieldTest, Integer_TakesWholeNumbersInItsRange) {
  for (const auto& [text, number] :
       {std::pair("1", 1ULL), std::pair("0", 0ULL), std::pair("-0", 0ULL),
        std::pair("9007199254740991", 9'007'199'254'740'991ULL)}) {
    FieldReader in = Reader(text);
    EXPECT_EQ(in.Integer("a", 0), number) << text;
    EXPECT_TRUE(in.Errors().ok());
  }
}

TEST_F(FieldTest, Integer_RefusesEverythingElse) {
  for (const char* text :
       {"0", "-1", "1.0", "1.5", "1e3", "1E0", "1e999", "-1e999", "9007199254740992",
        "9223372036854775808", "18446744073709551615", "18446744073709551616",
        "123456789012345678901234567890", "1.000000000000000000000000000001", "0e0", "\"1\"",
        "true", "[1]", "{}"}) {
    FieldReader in = Reader(text);
    EXPECT_EQ(in.Integer("a", 1), std::nullopt) << text;
    ExpectRefused(in, text);
  }
}

TEST_F(FieldTest, NumbersInsideStrings_AreLeftAlone) {
  Result<JsonDocument> document =
      JsonDocument::Parse(R"({"a":"1e999 \" 123456789012345678901","b":1e999,"c":12})");
  ASSERT_TRUE(document.ok());
  FieldReader in(document->root());
  EXPECT_EQ(in.String("a"), "1e999 \" 123456789012345678901");
  EXPECT_EQ(in.Integer("c", 0), 12U);
}

TEST_F(FieldTest, String_IsUnescaped) {
  EXPECT_EQ(Reader(R"("a\"\\\/\n\u00e9\ud83d\ude00")").String("a"), "a\"\\/\n\u00e9\U0001F600");
  EXPECT_EQ(Reader(R"("")").String("a"), "");
}

TEST_F(FieldTest, String_RefusesOtherTypesAndNul) {
  for (const char* text : {"5", "true", "[\"x\"]", "{\"a\":1}", R"("\u0000")", R"("x\u0000y")"}) {
    FieldReader in = Reader(text);
    EXPECT_EQ(in.String("a"), std::nullopt) << text;
    ExpectRefused(in, text);
  }
}

TEST_F(FieldTest, Bool_RefusesOtherTypes) {
  EXPECT_EQ(Reader("true").Bool("a"), true);
  EXPECT_EQ(Reader("false").Bool("a"), false);
  for (const char* text : {"0", "1", "\"true\"", "[]"}) {
    FieldReader in = Reader(text);
    EXPECT_EQ(in.Bool("a"), std::nullopt) << text;
    ExpectRefused(in, text);
  }
}

TEST_F(FieldTest, ArrayAndObject_RefuseOtherTypes) {
  EXPECT_TRUE(Reader("[]").Array("a"));
  EXPECT_TRUE(Reader("{}").Object("a"));
  FieldReader array = Reader("{}");
  EXPECT_FALSE(array.Array("a"));
  ExpectRefused(array, "{}");
  FieldReader object = Reader("[]");
  EXPECT_FALSE(object.Object("a"));
  ExpectRefused(object, "[]");
}

TEST_F(FieldTest, Id_IsAUuidInEitherCase) {
  const char* id = "\"0190B5A0-1234-7abc-8def-0123456789ab\"";
  EXPECT_EQ(Reader(id).IdField<UserId>("a"), UserId::Parse("0190b5a0-1234-7abc-8def-0123456789ab"));
  for (const char* text :
       {"\"\"", "\"x\"", "5", "\"0190b5a012347abc8def0123456789ab\"",
        "\"{190b5a0-1234-7abc-8def-0123456789ab}\"", "\"0190b5a0-1234-7abc-8def-0123456789ag\""}) {
    FieldReader in = Reader(text);
    EXPECT_EQ(in.IdField<UserId>("a"), std::nullopt) << text;
    ExpectRefused(in, text);
  }
}

TEST_F(FieldTest, IdList_KeepsEachOnceInOrder) {
  const auto first = samples::MakeId<UserId>("aa");
  const auto second = samples::MakeId<UserId>("01");
  FieldReader in = Reader("[\"" + first.ToString() + "\",\"" + second.ToString() +
                          "\",\"00000000-0000-7000-8000-0000000000AA\"]");
  EXPECT_EQ(in.IdList<UserId>("a", 2), (std::vector{first, second}));
  EXPECT_TRUE(in.Errors().ok());
}

TEST_F(FieldTest, IdList_RefusesOthersAndTooMany) {
  for (const char* text : {"\"all\"", "[5]", "[\"x\"]", "[null]", "{}",
                           "[\"00000000-0000-7000-8000-000000000001\",\"not-an-id\"]",
                           "[\"00000000-0000-7000-8000-000000000001\","
                           "\"00000000-0000-7000-8000-000000000002\"]"}) {
    FieldReader in = Reader(text);
    in.IdList<UserId>("a", 1);
    ExpectRefused(in, text);
  }
}

TEST_F(FieldTest, Null_CountsAsAbsent) {
  FieldReader optional = Reader("null");
  EXPECT_EQ(optional.String("a", FieldReader::kOptional), std::nullopt);
  EXPECT_EQ(optional.Integer("a", 0, FieldReader::kOptional), std::nullopt);
  EXPECT_FALSE(optional.Has("a"));
  EXPECT_TRUE(optional.Errors().ok());
  FieldReader required = Reader("null");
  EXPECT_EQ(required.String("a"), std::nullopt);
  ExpectRefused(required, "null");
}

TEST(FieldReader, Errors_NameEveryFieldThatIsWrong) {
  Result<JsonDocument> document =
      JsonDocument::Parse(R"({"name":5,"seq":1.5,"colour":"red","t\u0000":1})");
  ASSERT_TRUE(document.ok());
  FieldReader in(document->root());
  in.String("name");
  in.Integer("seq", 1);
  in.Bool("there");
  const Status status = in.Errors();
  std::vector<std::string> fields;
  for (const FieldError& error : status.fields()) fields.push_back(error.field);
  EXPECT_EQ(fields, (std::vector{"name"s, "seq"s, "there"s, "colour"s, "t\0"s}));
  EXPECT_EQ(status.message(), "name: must be a string");
  EXPECT_EQ(in.Errors(FieldReader::Unknown::kIgnored).fields().size(), 3U);
}

TEST(FieldReader, ManyUnknownFields_DoNotMakeALargeAnswer) {
  std::string text = "{\"" + std::string(10'000, 'n') + "\":1";
  for (int i = 0; i < 5'000; ++i) text += ",\"\u00e9" + std::to_string(i) + "\":1";
  Result<JsonDocument> document = JsonDocument::Parse(text + "}");
  ASSERT_TRUE(document.ok());
  const Status status = FieldReader(document->root()).Errors();
  EXPECT_LE(status.fields().size(), 20U);
  for (const FieldError& error : status.fields()) EXPECT_LE(error.field.size(), 70U);
}

}  // namespace
}  // namespace parley::wire
