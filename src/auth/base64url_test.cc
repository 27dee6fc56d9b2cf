#include "auth/base64url.h"

#include <string>

#include <gtest/gtest.h>

namespace parley::auth {
namespace {

TEST(Base64Url, Decode_WhatEncodeWrote_IsTheSame) {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob", "\xfb\xff\xfe"}) {
    EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes);
  }
}

TEST(Base64Url, Decode_OtherTexts_AreRefused) {
  EXPECT_EQ(DecodeBase64Url("Zg=="), std::nullopt) << "padding";
  EXPECT_EQ(DecodeBase64Url("Zh"), std::nullopt) << "stray bits";
  EXPECT_EQ(DecodeBase64Url("Zg\n"), std::nullopt);
  EXPECT_EQ(DecodeBase64Url("+/8"), std::nullopt) << "the other alphabet";
  EXPECT_EQ(DecodeBase64Url("Z"), std::nullopt);
}

TEST(Base64Url, Decode_KnowsOneTextForEachBytes) {
  for (int pair = 0; pair < 65'536; ++pair) {
    const std::string end{static_cast<char>(pair >> 8), static_cast<char>(pair & 0xFF)};
    for (const std::string& text : {end, "abcd" + end + "A", "ab" + end}) {
      const std::optional<std::string> bytes = DecodeBase64Url(text);
      if (bytes) ASSERT_EQ(EncodeBase64Url(*bytes), text) << pair;
    }
  }
}

TEST(Base64Url, Decode_ByteThatIsNoAscii_IsNoLetter) {
  for (int byte = 128; byte < 256; ++byte) {
    EXPECT_EQ(DecodeBase64Url(std::string(4, static_cast<char>(byte))), std::nullopt) << byte;
  }
}

}  // namespace
}  // namespace parley::auth
