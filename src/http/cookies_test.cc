#include "http/cookies.h"

#include <gtest/gtest.h>

namespace parley::http {
namespace {

std::optional<std::string> Find(net::Headers headers) {
  net::HttpRequest request;
  request.headers = std::move(headers);
  return FindCookie(request, kSessionCookie);
}

TEST(CookiesTest, FindCookie_AmongOthers) {
  EXPECT_EQ(Find({{"Cookie", "parley_session=t"}}), "t");
  EXPECT_EQ(Find({{"cookie", "a=b;parley_session=t ; c=d"}}), "t");
  EXPECT_EQ(Find({{"Cookie", "a=b"}, {"Cookie", "parley_session=t"}}), "t");
  EXPECT_EQ(Find({{"Cookie", "parley_session="}}), "");
}

TEST(CookiesTest, FindCookie_NameMustBeWhole) {
  EXPECT_EQ(Find({}), std::nullopt);
  EXPECT_EQ(Find({{"Cookie", "xparley_session=t; parley_session2=t; parley_session"}}),
            std::nullopt);
  EXPECT_EQ(Find({{"X-Cookie", "parley_session=t"}}), std::nullopt);
  EXPECT_EQ(Find({{"Cookie", "a=parley_session=t"}}), std::nullopt);
}

TEST(CookiesTest, SessionCookie_IsKeptFromScriptsAndOtherSitesFor90Days) {
  EXPECT_EQ(SessionCookie("t", CookieSecurity::kAnyScheme),
            "parley_session=t; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax");
  EXPECT_EQ(SessionCookie("t", CookieSecurity::kHttpsOnly),
            "parley_session=t; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(NoSessionCookie(CookieSecurity::kAnyScheme),
            "parley_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

}  // namespace
}  // namespace parley::http
