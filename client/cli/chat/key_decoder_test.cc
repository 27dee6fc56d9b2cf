#include "client/cli/chat/key_decoder.h"

#include <random>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/text.h"

namespace parley::client::cli::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Code = Key::Code;

class KeyDecoderTest : public ::testing::Test {
 protected:
  std::vector<Key> Bytes(std::string_view bytes) {
    std::vector<Key> keys;
    for (const char c : bytes) {
      if (auto key = decoder_.Feed(static_cast<std::uint8_t>(c))) keys.push_back(*key);
    }
    return keys;
  }
  std::vector<Key> All(std::string_view bytes) {
    std::vector<Key> keys = Bytes(bytes);
    if (auto key = decoder_.Idle()) keys.push_back(*key);
    return keys;
  }

  KeyDecoder decoder_;
};

TEST_F(KeyDecoderTest, Text_OneCodePointEach) {
  EXPECT_THAT(All("a\xc3\xa9\xf0\x9f\x8e\x89"),
              ElementsAre(Key{Code::kText, "a"}, Key{Code::kText, "é"}, Key{Code::kText, "🎉"}));
}

TEST_F(KeyDecoderTest, Text_InPieces_IsPutTogether) {
  EXPECT_THAT(All("\xf0\x9f"), IsEmpty());
  EXPECT_THAT(All("\x8e\x89"), ElementsAre(Key{Code::kText, "🎉"}));
}

TEST_F(KeyDecoderTest, WhatIsNoTextOrHarms_IsDropped) {
  EXPECT_THAT(All("\xff\xc2"), IsEmpty());
  EXPECT_THAT(All("x"), ElementsAre(Key{Code::kText, "x"}));
  EXPECT_THAT(All("\xc2\x9b\xe2\x80\xae"), IsEmpty());  // CSI in one, right-to-left override
}

TEST_F(KeyDecoderTest, Controls) {
  EXPECT_THAT(All("\r\n\t\x7f\x01"),
              ElementsAre(Key{Code::kEnter}, Key{Code::kNewline}, Key{Code::kTab},
                          Key{Code::kBackspace}, Key{Code::kControl, "a"}));
}

TEST_F(KeyDecoderTest, Escape_AloneAndBeforeAKey) {
  EXPECT_THAT(All("\x1b"), ElementsAre(Key{Code::kEscape}));
  EXPECT_THAT(All("\x1b\r"), ElementsAre(Key{Code::kNewline}));
  EXPECT_THAT(All("\x1b"
                  "b"),
              ElementsAre(Key{Code::kAlt, "b"}));
  EXPECT_THAT(All("\x1b\x1b"), ElementsAre(Key{Code::kEscape}, Key{Code::kEscape}));
}

TEST_F(KeyDecoderTest, UnknownSequences_AreNoText) {
  EXPECT_THAT(All("\x1b[1;9Zx"), ElementsAre(Key{Code::kText, "x"}));
  EXPECT_THAT(All("\x1bOjy"), ElementsAre(Key{Code::kText, "y"}));
}

TEST_F(KeyDecoderTest, Paste_IsOneKey_WhateverIsInIt) {
  decoder_.Feed(Code::kPasteBegin);
  EXPECT_THAT(Bytes("one\rtwo\r\n\x03\x1b[31mthree\xc2\x9b"), IsEmpty());
  decoder_.Feed(Code::kUp);
  EXPECT_EQ(decoder_.Idle(), std::nullopt);
  EXPECT_EQ(decoder_.Feed(Code::kPasteEnd), (Key{Code::kPaste, "one\ntwo\n[31mthree"}));
  EXPECT_THAT(All("a"), ElementsAre(Key{Code::kText, "a"}));
}

TEST_F(KeyDecoderTest, AnyBytes_GiveTextThatIsHarmless) {
  std::mt19937 random(3);
  for (int i = 0; i < 200'000; ++i) {
    const unsigned what = random() % 300;
    const auto unit = what < 256
                          ? KeyDecoder::Unit(static_cast<std::uint8_t>(what))
                          : KeyDecoder::Unit(what < 280 ? Code::kPasteBegin : Code::kPasteEnd);
    const std::optional<Key> key = decoder_.Feed(unit);
    if (!key || (key->code != Code::kText && key->code != Code::kPaste)) continue;
    ASSERT_EQ(key->text, ForTerminal(key->text));
  }
}

TEST_F(KeyDecoderTest, Function_AfterEscape_IsAlt) {
  Bytes("\x1b");
  EXPECT_EQ(decoder_.Feed(Code::kUp), Key{Code::kAltUp});
  EXPECT_EQ(decoder_.Feed(Code::kUp), Key{Code::kUp});
}

}  // namespace
}  // namespace parley::client::cli::chat
