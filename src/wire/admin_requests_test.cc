#include "wire/admin_requests.h"

#include <gtest/gtest.h>

namespace parley::wire {
namespace {

using std::chrono::milliseconds;

const Limits kLimits;

/// The first field that is wrong; expects that one is.
template <class Parse>
std::string Wrong(Parse parse, std::string_view json) {
  const Status status = parse(json, kLimits).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << json;
  return status.fields().empty() ? "" : status.fields().front().field;
}

TEST(ParseInvitation, EverythingIsOptional) {
  const auto empty = ParseInvitation("{}", kLimits);
  ASSERT_TRUE(empty.ok());
  EXPECT_FALSE(empty->max_uses || empty->expires_in);
  const auto full = ParseInvitation(R"({"max_uses":7,"expires_in_ms":3600000})", kLimits);
  EXPECT_EQ(full->max_uses, 7U);
  EXPECT_EQ(full->expires_in, milliseconds(3'600'000));
  EXPECT_EQ(Wrong(ParseInvitation, R"({"max_uses":0})"), "max_uses");
  EXPECT_EQ(Wrong(ParseInvitation, R"({"max_uses":"1"})"), "max_uses");
  EXPECT_EQ(Wrong(ParseInvitation, R"({"expires_in_ms":-1})"), "expires_in_ms");
  EXPECT_EQ(Wrong(ParseInvitation, R"({"for":"bo"})"), "for");
}

TEST(ParsePasswordReset, TokenAndPassword) {
  const auto body = ParsePasswordReset(R"({"token":"t","password":"correct horse"})", kLimits);
  EXPECT_EQ(body->token, "t");
  EXPECT_EQ(body->password, "correct horse");
  EXPECT_EQ(Wrong(ParsePasswordReset, R"({"password":"correct horse"})"), "token");
  EXPECT_EQ(Wrong(ParsePasswordReset, R"({"token":"t","password":"short"})"), "password");
}

TEST(ParseAdminSettings, TheThreeModes) {
  EXPECT_EQ(ParseAdminSettings(R"({"registration":"open"})", kLimits)->registration,
            RegistrationMode::kOpen);
  EXPECT_EQ(ParseAdminSettings(R"({"registration":"invitation"})", kLimits)->registration,
            RegistrationMode::kInvitation);
  EXPECT_EQ(ParseAdminSettings(R"({"registration":"closed"})", kLimits)->registration,
            RegistrationMode::kClosed);
  EXPECT_EQ(Wrong(ParseAdminSettings, R"({"registration":"ajar"})"), "registration");
  EXPECT_EQ(Wrong(ParseAdminSettings, "{}"), "registration");
}

TEST(ParseUpdatePerson, OneFieldAtLeast) {
  EXPECT_EQ(ParseUpdatePerson(R"({"disabled":true})", kLimits)->disabled, true);
  const auto both = ParseUpdatePerson(R"({"disabled":null,"admin":false})", kLimits);
  EXPECT_EQ(both->disabled, std::nullopt);
  EXPECT_EQ(both->admin, false);
  EXPECT_EQ(Wrong(ParseUpdatePerson, "{}"), "disabled");
  EXPECT_EQ(Wrong(ParseUpdatePerson, R"({"admin":1})"), "admin");
}

}  // namespace
}  // namespace parley::wire
