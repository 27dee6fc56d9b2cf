#include "wire/json_writer.h"

#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "wire/json_reader.h"

namespace parley::wire {
namespace {

std::string Quoted(std::string_view text) {
  return ToJson([&](JsonWriter& json) { json.String(text); });
}

TEST(JsonWriter, NestedValues_GetTheirCommas) {
  const std::string json = ToJson([](JsonWriter& out) {
    out.BeginObject().Key("a").Int(1).Key("b").BeginArray().BeginObject().EndObject();
    out.BeginArray().EndArray().Null().Bool(true).Bool(false).Raw("[0]").EndArray();
    out.Key("c").BeginObject().Key("d").String("x").EndObject().Key("e").Null().EndObject();
  });
  EXPECT_EQ(json, R"({"a":1,"b":[{},[],null,true,false,[0]],"c":{"d":"x"},"e":null})");
}

TEST(JsonWriter, Integers_AreWrittenWhole) {
  const std::string json = ToJson([](JsonWriter& out) {
    out.BeginArray().Int(0).Int(-7).Int(std::numeric_limits<std::int64_t>::min());
    out.Int(std::numeric_limits<std::uint64_t>::max()).Seq(Seq(9)).Time(FromMillis(-1)).EndArray();
  });
  EXPECT_EQ(json, "[0,-7,-9223372036854775808,18446744073709551615,9,-1]");
}

TEST(JsonWriter, Numbers_HaveThreeDecimalsAtMost) {
  EXPECT_EQ(ToJson([](JsonWriter& json) {
              json.BeginArray().Number(0).Number(1.5).Number(0.12345).Number(-2).Number(1e15);
              json.EndArray();
            }),
            "[0,1.5,0.123,-2,1000000000000000]");
}

TEST(JsonWriter, TextKeys_AreEscaped) {
  EXPECT_EQ(ToJson([](JsonWriter& json) {
              json.BeginObject().TextKey("a\"b").Int(1).TextKey("c").Int(2).EndObject();
            }),
            R"({"a\"b":1,"c":2})");
}

TEST(JsonWriter, Ids_AreCanonicalAsValueAndKey) {
  const auto id = UserId::Parse("0190B5A0-1234-7ABC-8DEF-0123456789AB").value_or(UserId());
  const std::string json =
      ToJson([&](JsonWriter& out) { out.BeginObject().Key(id).Id(id).EndObject(); });
  EXPECT_EQ(json, "{\"" + id.ToString() + "\":\"" + id.ToString() + "\"}");
}

TEST(JsonWriter, SpecialCharacters_AreEscaped) {
  EXPECT_EQ(Quoted(R"(say "hi" \ o)"), R"("say \"hi\" \\ o")");
  EXPECT_EQ(Quoted("\n\r\t\b\f"), R"("\n\r\t\u0008\u000c")");
  EXPECT_EQ(Quoted(std::string_view("\0\x1F\x7F", 3)), "\"\\u0000\\u001f\x7F\"");
  EXPECT_EQ(Quoted("é👍\u2028/"), "\"é👍\u2028/\"");
  EXPECT_EQ(Quoted(""), "\"\"");
}

/// Every byte at every place of blocks of sixteen and their rests: the text comes back as it was.
TEST(JsonWriter, EveryByteAtEveryPlace_ComesBack) {
  for (int byte = 0; byte < 0x80; ++byte) {
    for (std::size_t place = 0; place < 27; ++place) {
      std::string text(27, 'x');
      text[place] = static_cast<char>(byte);
      const std::string json =
          ToJson([&](JsonWriter& out) { out.BeginObject().Key("t").String(text).EndObject(); });
      const Result<JsonDocument> document = JsonDocument::Parse(json);
      ASSERT_TRUE(document.ok()) << json;
      std::string_view read;
      ASSERT_EQ(document->root().at_key("t").get(read), simdjson::SUCCESS);
      EXPECT_EQ(read, text) << json;
    }
  }
}

}  // namespace
}  // namespace parley::wire
