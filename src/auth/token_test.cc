#include "auth/token.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "auth/base64url.h"

namespace parley::auth {
namespace {

TEST(Base64Url, EncodesAsRfc4648WithoutPadding) {
  EXPECT_EQ(EncodeBase64Url(""), "");
  EXPECT_EQ(EncodeBase64Url("f"), "Zg");
  EXPECT_EQ(EncodeBase64Url("fooba"), "Zm9vYmE");
  EXPECT_EQ(EncodeBase64Url("\xFB\xFF\xFE"), "-__-");
}

TEST(Base64Url, Decode_ReadsWhatEncodeWrote) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 7));
  }
}

TEST(Base64Url, Decode_OtherForms_Refused) {
  for (const char* text : {"Zg==", "Z", "Zh", "Zm 9", "Zm9v\n", "-_+/", "Zm9vYmF"}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
}

TEST(Token, Parse_WhatMakeWrote_GivesItsHash) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const NewToken token = MakeToken(TokenKind::kSession, random);
    EXPECT_EQ(token.text.size(), 46U);
    EXPECT_EQ(token.text.substr(0, 3), "pt_");
    EXPECT_EQ(ParseToken(TokenKind::kSession, token.text), token.hash);
    EXPECT_TRUE(seen.insert(token.text).second);
  }
}

TEST(Token, Hash_IsSha256OfTheBytes) {
  // 32 zero bytes: printf '%064d' 0 | xxd -r -p | sha256sum
  const std::string zeros = "pt_" + std::string(43, 'A');
  const std::optional<TokenHash> hash = ParseToken(TokenKind::kSession, zeros);
  ASSERT_TRUE(hash.has_value());
  EXPECT_EQ(hash->front(), 0x66);
  EXPECT_EQ(hash->back(), 0x25);
}

TEST(Token, Parse_OtherForms_Refused) {
  FakeRandom random;
  const std::string good = MakeToken(TokenKind::kSession, random).text;
  const std::string body = good.substr(3);
  ASSERT_TRUE(ParseToken(TokenKind::kSession, good).has_value());
  for (const std::string& text :
       {std::string(), std::string("pt_"), body, "PT_" + body, good + "=", good + " ", " " + good,
        good.substr(0, 45), good + "A", "pt_" + std::string(42, 'A') + "B",
        "pt_" + std::string(42, 'A') + "+"}) {
    EXPECT_EQ(ParseToken(TokenKind::kSession, text), std::nullopt) << text;
  }
}

TEST(Token, Parse_AnotherKind_Refused) {
  FakeRandom random;
  constexpr TokenKind kKinds[] = {TokenKind::kSession, TokenKind::kAdminClaim,
                                  TokenKind::kInvitation, TokenKind::kPasswordReset};
  for (const TokenKind made : kKinds) {
    const NewToken token = MakeToken(made, random);
    for (const TokenKind read : kKinds) {
      const auto expected = made == read ? std::optional(token.hash) : std::nullopt;
      EXPECT_EQ(ParseToken(read, token.text), expected) << token.text;
    }
  }
}

}  // namespace
}  // namespace parley::auth
