#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"
#include "http/web_assets.h"

namespace parley::http {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kHtml = "text/html; charset=utf-8";

/// An app of five files, among them some where no app may have one.
constexpr std::array kFiles{
    WebAsset{"/assets/index-BqkZ3x0a.js", "text/javascript; charset=utf-8", "1a", "let plain;",
             "packed", "small"},
    WebAsset{"/assets/inter-Cx81kQ-d.woff2", "font/woff2", "2b", "a font", "", ""},
    WebAsset{"/index.html", kHtml, "3c", "<!doctype html>", "page", "pg"},
    WebAsset{"/sw.js", "text/javascript; charset=utf-8", "4d", "on('push');", "on", ""},
    WebAsset{"/v1/oops", kHtml, "5e", "never", "", ""},
};
constexpr WebAssets kApp(kFiles);

class WebRoutesTest : public ApiFixture {
 protected:
  WebRoutesTest() { web = &kApp; }

  net::HttpResponse Visit(std::string target) {
    return Get(std::move(target), {{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}});
  }
};

TEST_F(WebRoutesTest, Files_AreServedFromWhereTheyLie) {
  const net::HttpResponse script = Get("/assets/index-BqkZ3x0a.js?v=1");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(Header(script, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.Content().data(), kFiles[0].plain.data()) << "it was copied";
  EXPECT_EQ(Get("/assets/inter-Cx81kQ-d.woff2").Content(), "a font");
  EXPECT_EQ(Get("/").Content(), "<!doctype html>");
  EXPECT_EQ(Get("/index.html").Content(), "<!doctype html>");
}

TEST_F(WebRoutesTest, Cache_ForAYearWhereTheNameChangesElseAskedEachTime) {
  EXPECT_EQ(Header(Get("/assets/index-BqkZ3x0a.js"), "Cache-Control"),
            "public, max-age=31536000, immutable");
  for (const char* path : {"/", "/index.html", "/sw.js"}) {
    EXPECT_EQ(Header(Get(path), "Cache-Control"), "no-cache") << path;
  }
  EXPECT_EQ(Header(Visit("/c/7"), "Cache-Control"), "no-cache");
}

TEST_F(WebRoutesTest, Pages_AreTheAppForWhoTakesHtml) {
  for (const char* path : {"/sign-in", "/c/0190-7", "/invite/abc_-", "/c/7/", "/V1/x", "/v1x",
                           "/c/7?at=3", "/c/%C3%A9t%C3%A9"}) {
    const net::HttpResponse page = Visit(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.Content(), "<!doctype html>") << path;
    EXPECT_EQ(Header(page, "Vary"), "Accept, Accept-Encoding");
  }
  for (const char* accept : {"*/*", "application/json", "text/html;q=0", ""}) {
    const net::HttpResponse answer = Get("/c/7", {{"Accept", accept}});
    EXPECT_EQ(answer.status, 404) << accept;
    EXPECT_EQ(Code(answer), "not_found");
  }
}

TEST_F(WebRoutesTest, MissingFiles_AreNotFoundForEverybody) {
  for (const char* path :
       {"/assets/index-00000000.js", "/favicon.ico", "/c/photo.png", "/assets/nothing", "/assets/",
        "/assets", "/.git", "/.git/config", "/c/.well-known"}) {
    EXPECT_EQ(Visit(path).status, 404) << path;
  }
}

TEST_F(WebRoutesTest, ReservedPaths_AreNeverTheApp) {
  for (const char* path :
       {"/v1", "/v1/", "/v1/oops", "/v1/nothing", "/media", "/media/x", "/docs/x", "/metrics",
        "/metrics/", "/healthz", "/readyz", "/%761/oops", "/readyz/x"}) {
    const net::HttpResponse answer = Visit(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(Code(answer), "not_found");
    EXPECT_EQ(Header(answer, "Cache-Control"), "no-store");
  }
}

TEST_F(WebRoutesTest, WaysAroundAPath_LeadNowhere) {
  for (const char* path :
       {"/../sw.js", "/assets/../sw.js", "/assets/%2e%2e/sw.js", "/x/../v1", "/./sw.js", "//sw.js",
        "/assets//index-BqkZ3x0a.js", "/assets%2Findex-BqkZ3x0a.js", "/..%2fv1", "/c/a%5Cb",
        "/c/a%00b", "/sw.js/", "/SW.JS", "//evil.test", "//"}) {
    const int status = Visit(path).status;
    EXPECT_TRUE(status == 404 || status == 400) << path << ": " << status;
  }
}

TEST_F(WebRoutesTest, OtherMethods_AreRefusedAsBefore) {
  EXPECT_EQ(Send(Make("POST", "/")).status, 405);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    EXPECT_EQ(Send(Make(method, "/sw.js")).status, 404) << method;
  }
  EXPECT_EQ(Send(Make("HEAD", "/sw.js")).status, 200);
}

TEST_F(WebRoutesTest, Coding_IsTheSmallestThatIsTakenAndNamedApart) {
  const char* path = "/assets/index-BqkZ3x0a.js";
  struct Case {
    const char* accepts;
    const char* coding;
    const char* body;
    const char* etag;
  };
  for (const Case& one : {Case{"gzip, deflate, br", "br", "small", "\"1a-br\""},
                          Case{"gzip, br;q=0", "gzip", "packed", "\"1a-gzip\""},
                          Case{"br;q=0, gzip;q=0", "", "let plain;", "\"1a\""},
                          Case{"", "", "let plain;", "\"1a\""}}) {
    const net::HttpResponse answer = Get(path, {{"Accept-Encoding", one.accepts}});
    EXPECT_EQ(Header(answer, "Content-Encoding"), one.coding) << one.accepts;
    EXPECT_EQ(answer.Content(), one.body);
    EXPECT_EQ(Header(answer, "ETag"), one.etag);
    EXPECT_EQ(Header(answer, "Vary"), "Accept-Encoding");
  }
  const net::HttpResponse worker = Get("/sw.js", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(worker.Content(), "on") << "there is no brotli form of it";
  const net::HttpResponse font =
      Get("/assets/inter-Cx81kQ-d.woff2", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(Header(font, "Content-Encoding"), "");
}

TEST_F(WebRoutesTest, IfNoneMatch_OfThisVersionIs304WithoutBody) {
  for (const char* path : {"/", "/sw.js", "/assets/index-BqkZ3x0a.js"}) {
    const std::string etag = Header(Get(path), "ETag");
    const net::HttpResponse again = Get(path, {{"If-None-Match", "\"x\", W/" + etag}});
    EXPECT_EQ(again.status, 304) << path;
    EXPECT_EQ(again.Content(), "");
    EXPECT_EQ(Header(again, "ETag"), etag);
    EXPECT_EQ(Header(again, "Vary"), Header(Get(path), "Vary"));
    EXPECT_THAT(Header(again, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
    // Packed, it is another representation.
    EXPECT_EQ(Get(path, {{"If-None-Match", etag}, {"Accept-Encoding", "gzip"}}).status, 200);
  }
}

TEST_F(WebRoutesTest, Policy_IsStrictOnEveryFile) {
  for (const char* path : {"/", "/sw.js", "/assets/index-BqkZ3x0a.js"}) {
    const net::HttpResponse answer = Get(path);
    const std::string policy = Header(answer, "Content-Security-Policy");
    EXPECT_THAT(policy, testing::StartsWith("default-src 'none'; script-src 'self'; "));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_THAT(policy, Not(HasSubstr("*")));
    EXPECT_EQ(Header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(Header(answer, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(Header(answer, "Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_THAT(Header(answer, "Permissions-Policy"), HasSubstr("geolocation=()"));
  }
}

TEST_F(WebRoutesTest, WithoutAnApp_ThePageSaysSoAndNothingElseIsThere) {
  web = nullptr;
  const net::HttpResponse page = Visit("/?from=a+link");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(Header(page, "Content-Type"), kHtml);
  EXPECT_THAT(std::string(page.Content()), HasSubstr("no web app"));
  EXPECT_THAT(std::string(page.Content()), Not(HasSubstr("<script")));
  EXPECT_THAT(Header(page, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
  for (const char* path : {"/sign-in", "/index.html", "/sw.js"}) {
    EXPECT_EQ(Visit(path).status, 404) << path;
  }
}

/// The app that this test was built with, if any: what tools/embed_web made is as the server needs
/// it.
TEST(BuiltInWebAssets, AreInOrderWholeAndHaveAPage) {
  const WebAssets* app = BuiltInWebAssets();
  if (app == nullptr) GTEST_SKIP() << "built with PARLEY_WEB=OFF";
  const WebAsset* page = app->Find("/index.html");
  ASSERT_NE(page, nullptr);
  EXPECT_TRUE(page->plain.starts_with("<!doctype html>") ||
              page->plain.starts_with("<!DOCTYPE html>"));
  EXPECT_EQ(page->gzip.substr(0, 2), "\x1f\x8b");
  EXPECT_FALSE(page->brotli.empty());
  EXPECT_LT(page->brotli.size(), page->plain.size());
  EXPECT_EQ(app->Find("/nothing"), nullptr);
  EXPECT_EQ(app->Find(""), nullptr);
}

}  // namespace
}  // namespace parley::http
