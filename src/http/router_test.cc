#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Route kFirst[] = {
    {"GET", "/", Access::kAnyone, Body::kNone, nullptr},
    {"GET", "/v1/users", Access::kSignedIn, Body::kNone, nullptr},
    {"GET", "/v1/users/me", Access::kSignedIn, Body::kNone, nullptr},
    {"PATCH", "/v1/users/me", Access::kSignedIn, Body::kJson, nullptr},
};
constexpr Route kSecond[] = {
    {"GET", "/v1/users/{id}", Access::kSignedIn, Body::kNone, nullptr},
    {"DELETE", "/v1/users/{id}/things/{thing}", Access::kSignedIn, Body::kNone, nullptr},
};

class RouterTest : public testing::Test {
 protected:
  std::string_view Pattern(std::string_view method, const std::vector<std::string>& segments) {
    const RouteMatch match = router_.Find(method, segments);
    return match.route == nullptr ? "" : match.route->pattern;
  }
  const Router router_{std::span<const Route>(kFirst), std::span<const Route>(kSecond)};
};

TEST_F(RouterTest, Find_TakesLiteralsBeforeNames) {
  EXPECT_EQ(Pattern("GET", {""}), "/");
  EXPECT_EQ(Pattern("GET", {"v1", "users", "me"}), "/v1/users/me");
  EXPECT_EQ(Pattern("GET", {"v1", "users", "you"}), "/v1/users/{id}");
}

TEST_F(RouterTest, Find_AnswersParametersInOrder) {
  const RouteMatch match = router_.Find("DELETE", {"v1", "users", "7", "things", "a/b"});
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.index, 5U);
  EXPECT_THAT(match.parameters, ElementsAre("7", "a/b"));
}

TEST_F(RouterTest, Find_AnyOtherPath_IsTakenLastAndForItsMethodAlone) {
  constexpr Route kOther[] = {{"GET", kAnyOtherPath, Access::kAnyone, Body::kNone, nullptr}};
  const Router router{std::span<const Route>(kOther), std::span<const Route>(kFirst)};
  EXPECT_EQ(router.Find("GET", {"v1", "users"}).route->pattern, "/v1/users");
  const RouteMatch match = router.Find("HEAD", {"c", "7"});
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.index, 0U);
  EXPECT_THAT(match.parameters, ElementsAre("c", "7"));
  EXPECT_EQ(router.Find("DELETE", {"v1", "users"}).route, nullptr);
  EXPECT_THAT(router.Find("DELETE", {"v1", "users"}).allow, testing::HasSubstr("GET"));
  for (const char* method : {"POST", "OPTIONS", "BREW"}) {
    EXPECT_THAT(router.Find(method, {"c", "7"}).allow, IsEmpty()) << method;
  }
}

TEST_F(RouterTest, Find_HeadGoesWhereGetGoes) {
  EXPECT_EQ(Pattern("HEAD", {"v1", "users"}), "/v1/users");
}

TEST_F(RouterTest, Find_NoSuchPath) {
  for (const std::vector<std::string>& segments :
       {std::vector<std::string>{"v1"}, {"v1", "users", ""}, {"v1", "users", "7", "things"}, {}}) {
    const RouteMatch match = router_.Find("GET", segments);
    EXPECT_EQ(match.route, nullptr);
    EXPECT_THAT(match.allow, IsEmpty());
  }
}

TEST_F(RouterTest, Find_OtherMethod_NamesThoseThatThePathKnows) {
  const RouteMatch match = router_.Find("PUT", {"v1", "users", "me"});
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, PATCH, OPTIONS");
  // Also where a pattern that comes later would fit with that method.
  EXPECT_EQ(router_.Find("DELETE", {"v1", "users", "me"}).route, nullptr);
}

}  // namespace
}  // namespace parley::http
