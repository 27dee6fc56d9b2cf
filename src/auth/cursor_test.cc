#include "auth/cursor.h"

#include <string>

#include <gtest/gtest.h>

namespace parley::auth {
namespace {

const CursorSealer kSealer(storage::SecretKey{1, 2, 3});

TEST(CursorSealer, Open_WhatSealMade_GivesThePayload) {
  for (const std::string& payload : {std::string(), std::string("x"), std::string(500, '\0')}) {
    const std::string cursor = kSealer.Seal("inbox", payload);
    EXPECT_EQ(cursor.find_first_not_of(
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    const Result<std::string> opened = kSealer.Open("inbox", cursor);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, payload);
  }
}

void ExpectRefused(const Result<std::string>& opened) {
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().code(), StatusCode::kInvalidArgument);
  ASSERT_EQ(opened.status().fields().size(), 1U);
  EXPECT_EQ(opened.status().fields()[0].field, "cursor");
}

TEST(CursorSealer, Open_AnyCharacterChanged_Refused) {
  const std::string cursor = kSealer.Seal("inbox", "1800000000000");
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string forged = cursor;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    ExpectRefused(kSealer.Open("inbox", forged));
  }
}

TEST(CursorSealer, Open_AnotherPurposeOrKey_Refused) {
  const std::string cursor = kSealer.Seal("inbox:a", "bc");
  ExpectRefused(kSealer.Open("inbox:", "abc"));
  ExpectRefused(kSealer.Open("inbox:b", cursor));
  ExpectRefused(CursorSealer(storage::SecretKey{}).Open("inbox:a", cursor));
}

TEST(CursorSealer, Open_PurposeAndPayloadCannotBeShifted) {
  // The same bytes in a row, cut at another place.
  const std::string cursor = kSealer.Seal("a", "bc");
  EXPECT_NE(kSealer.Seal("ab", "c").substr(2), cursor.substr(3));
  ExpectRefused(kSealer.Open("ab", cursor));
}

TEST(CursorSealer, Open_Garbage_Refused) {
  for (const char* text : {"", "a", "null", "....", "AAAAAAAAAAAAAAAAAAAAAA", "\xFF\xFF"}) {
    ExpectRefused(kSealer.Open("inbox", text));
  }
}

}  // namespace
}  // namespace parley::auth
