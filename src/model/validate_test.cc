#include "model/validate.h"

#include <string>

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(ValidateUsername, EitherCase_AnswersLowerCase) {
  const Result<std::string> name = ValidateUsername("Ann.B-1_x");
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(*name, "ann.b-1_x");
}

TEST(ValidateUsername, WrongFormOrSize_NamesTheField) {
  for (const std::string& name : {std::string("ab"), std::string(33, 'a'), std::string("a b"),
                                  std::string("ann\xC3\xA9"), std::string("ann@b")}) {
    const Result<std::string> result = ValidateUsername(name);
    ASSERT_FALSE(result.ok()) << name;
    EXPECT_EQ(result.status().fields()[0].field, "username");
  }
}

TEST(ValidateText, BlankInAnyScript_Refused) {
  const Limits limits;
  for (const char* text :
       {"", " ", "\n\t", "\xE2\x80\x8B", "\xC2\xA0 \xE3\x80\x80", "\xEF\xBB\xBF"}) {
    EXPECT_FALSE(ValidateText(text, limits).ok()) << text;
  }
  EXPECT_TRUE(ValidateText(" \xF0\x9F\x98\x80 ", limits).ok());
}

TEST(ValidateText, CountsBytes) {
  const Limits limits;
  EXPECT_TRUE(ValidateText(std::string(20'000, 'x'), limits).ok());
  EXPECT_FALSE(ValidateText(std::string(20'001, 'x'), limits).ok());
}

TEST(ValidateTitle, CountsCharacters) {
  const Limits limits;
  std::string title;
  for (int i = 0; i < 200; ++i) title += "\xC3\xA9";
  EXPECT_TRUE(ValidateTitle(title, limits).ok());
  EXPECT_FALSE(ValidateTitle(title + "x", limits).ok());
  EXPECT_FALSE(ValidateTitle("two\nlines", limits).ok());
  EXPECT_TRUE(ValidateTitle("", limits).ok());
}

TEST(ValidatePassword, CountsBytes) {
  EXPECT_FALSE(ValidatePassword("1234567").ok());
  EXPECT_TRUE(ValidatePassword("12345678").ok());
  EXPECT_TRUE(ValidatePassword(std::string(1'024, 'x')).ok());
  EXPECT_FALSE(ValidatePassword(std::string(1'025, 'x')).ok());
}

}  // namespace
}  // namespace parley
