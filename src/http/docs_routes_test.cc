#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/docs_assets.h"
#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class DocsRoutesTest : public ApiFixture {};

TEST_F(DocsRoutesTest, Page_IsHtmlThatRunsNoScriptAndFetchesNothingFromElsewhere) {
  const net::HttpResponse page = Get("/docs");
  ASSERT_EQ(page.status, 200);
  EXPECT_EQ(Header(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(Header(page, "Content-Security-Policy"), StartsWith("default-src 'none'; "));
  EXPECT_THAT(page.body, StartsWith("<!doctype html>"));
  EXPECT_THAT(page.body, HasSubstr("/docs/docs.css"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_THAT(page.body, Not(HasSubstr("style=")));
  EXPECT_THAT(page.body, Not(HasSubstr("src=\"http")));
}

TEST_F(DocsRoutesTest, Documents_AreYamlAndStyleIsCss) {
  const net::HttpResponse openapi = Get("/docs/openapi.yaml");
  EXPECT_EQ(Header(openapi, "Content-Type"), "application/yaml; charset=utf-8");
  EXPECT_THAT(openapi.body, StartsWith("openapi: 3.1"));
  EXPECT_THAT(Get("/docs/asyncapi.yaml").body, StartsWith("asyncapi: 3.0"));
  EXPECT_EQ(Header(Get("/docs/docs.css"), "Content-Type"), "text/css; charset=utf-8");
}

TEST_F(DocsRoutesTest, Slash_LeadsToThePage) {
  const net::HttpResponse answer = Get("/docs/");
  EXPECT_EQ(answer.status, 308);
  EXPECT_EQ(Header(answer, "Location"), "/docs");
}

TEST_F(DocsRoutesTest, IfNoneMatch_OfThisVersionIs304WithoutBody) {
  const std::string etag = Header(Get("/docs"), "ETag");
  for (const std::string& known : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const net::HttpResponse answer = Get("/docs", {{"If-None-Match", known}});
    EXPECT_EQ(answer.status, 304) << known;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(Header(answer, "ETag"), etag);
  }
  EXPECT_EQ(Get("/docs", {{"If-None-Match", "\"other\""}}).status, 200);
}

TEST_F(DocsRoutesTest, Gzip_IsGivenToWhoTakesItAndNamedApart) {
  const net::HttpResponse plain = Get("/docs");
  EXPECT_EQ(Header(plain, "Content-Encoding"), "");
  EXPECT_EQ(Header(plain, "Vary"), "Accept-Encoding");
  for (const char* takes : {"gzip", "deflate, GZIP;q=0.5", "br, gzip"}) {
    const net::HttpResponse packed = Get("/docs", {{"Accept-Encoding", takes}});
    EXPECT_EQ(Header(packed, "Content-Encoding"), "gzip") << takes;
    EXPECT_LT(packed.body.size(), plain.body.size() / 2);
    EXPECT_NE(Header(packed, "ETag"), Header(plain, "ETag"));
  }
  for (const char* refuses : {"gzip;q=0", "gzip; q=0.000", "deflate", "x-gzipped", ""}) {
    EXPECT_EQ(Header(Get("/docs", {{"Accept-Encoding", refuses}}), "Content-Encoding"), "")
        << refuses;
  }
}

TEST_F(DocsRoutesTest, Cache_IsAskedEachTimeAndOtherAnswersStayOutOfIt) {
  EXPECT_EQ(Header(Get("/docs"), "Cache-Control"), "no-cache");
  EXPECT_EQ(Header(Get("/v1/server"), "Cache-Control"), "no-store");
}

TEST_F(DocsRoutesTest, ElsewhereUnderDocs_IsNotFound) {
  EXPECT_EQ(Get("/docs/nothing").status, 404);
  EXPECT_EQ(Get("/docs/../docs").status, 404);
}

}  // namespace
}  // namespace parley::http
