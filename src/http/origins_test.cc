#include "http/origins.h"

#include <gtest/gtest.h>

namespace parley::http {
namespace {

net::HttpRequest From(std::string_view origin, std::string host = "parley.test:8080") {
  net::HttpRequest request;
  request.peer_address = "10.1.2.3";
  request.headers = {{"Host", std::move(host)}};
  if (!origin.empty()) request.headers.emplace_back("Origin", origin);
  return request;
}

bool Allows(const Origins& origins, const net::HttpRequest& request) {
  const Status status = origins.CheckOrigin(request);
  if (!status.ok()) EXPECT_EQ(status.code(), StatusCode::kPermissionDenied);
  return status.ok();
}

TEST(OriginsTest, Normalize_KeepsSchemeHostAndUnusualPort) {
  EXPECT_EQ(NormalizeOrigin("HTTPS://Chat.Example:443/x?y"), "https://chat.example");
  EXPECT_EQ(NormalizeOrigin("http://a:80"), "http://a");
  EXPECT_EQ(NormalizeOrigin("http://a:443"), "http://a:443");
  EXPECT_EQ(NormalizeOrigin("https://[::1]:8443/"), "https://[::1]:8443");
  EXPECT_EQ(NormalizeOrigin("null"), "null");
}

TEST(OriginsTest, CheckOrigin_TheHostItself) {
  const Origins origins({});
  EXPECT_TRUE(Allows(origins, From("http://parley.test:8080")));
  EXPECT_TRUE(Allows(origins, From("http://Parley.Test", "parley.test:80")));
  EXPECT_FALSE(Allows(origins, From("http://parley.test")));
  EXPECT_FALSE(Allows(origins, From("https://parley.test:8080")));
  EXPECT_FALSE(Allows(origins, From("http://evil.test:8080")));
  EXPECT_FALSE(Allows(origins, From("http://parley.test:8080.evil.test")));
  EXPECT_FALSE(Allows(origins, From("null")));
  EXPECT_FALSE(Allows(origins, From("")));
  net::HttpRequest twice = From("http://parley.test:8080");
  twice.headers.emplace_back("origin", "http://parley.test:8080");
  EXPECT_FALSE(Allows(origins, twice));
}

TEST(OriginsTest, CheckOrigin_PublicUrlAndAllowedOnes) {
  const Origins origins({.public_url = "https://chat.example/parley",
                         .trusted_proxies = {},
                         .allowed_origins = {"https://app.example", "http://dev.example:3000"}});
  EXPECT_TRUE(Allows(origins, From("https://chat.example")));
  EXPECT_TRUE(Allows(origins, From("https://app.example")));
  EXPECT_TRUE(Allows(origins, From("http://dev.example:3000")));
  EXPECT_FALSE(Allows(origins, From("http://chat.example")));
  EXPECT_FALSE(Allows(origins, From("https://sub.app.example")));
}

TEST(OriginsTest, CheckOrigin_ByTheSchemeOfATrustedProxyAlone) {
  const Origins origins({.public_url = "",
                         .trusted_proxies = {"10.0.0.0/8", "192.0.2.1", "2001:db8::/32"},
                         .allowed_origins = {}});
  net::HttpRequest request = From("https://parley.test", "parley.test");
  request.headers.emplace_back("X-Forwarded-Proto", "https");
  for (const char* proxy : {"10.1.2.3", "192.0.2.1", "2001:db8::7", "::ffff:10.9.9.9"}) {
    request.peer_address = proxy;
    EXPECT_TRUE(Allows(origins, request)) << proxy;
    EXPECT_EQ(origins.SecurityOf(request), CookieSecurity::kHttpsOnly) << proxy;
  }
  for (const char* stranger : {"11.1.2.3", "192.0.2.2", "2001:db9::7", "::1", ""}) {
    request.peer_address = stranger;
    EXPECT_FALSE(Allows(origins, request)) << stranger;
    EXPECT_EQ(origins.SecurityOf(request), CookieSecurity::kAnyScheme) << stranger;
  }
}

TEST(OriginsTest, ForwardedProto_TheNearestProxyHasTheLastWord) {
  const Origins origins({.public_url = "", .trusted_proxies = {"10.1.2.3"}, .allowed_origins = {}});
  net::HttpRequest request = From("");
  request.headers.emplace_back("X-Forwarded-Proto", "https");
  request.headers.emplace_back("X-Forwarded-Proto", "https, http");
  EXPECT_EQ(origins.SecurityOf(request), CookieSecurity::kAnyScheme);
}

TEST(OriginsTest, SecurityOf_TlsConnectionOrPublicUrl) {
  net::HttpRequest request = From("");
  EXPECT_EQ(Origins({}).SecurityOf(request), CookieSecurity::kAnyScheme);
  EXPECT_EQ(Origins({.public_url = "https://x", .trusted_proxies = {}, .allowed_origins = {}})
                .SecurityOf(request),
            CookieSecurity::kHttpsOnly);
  request.secure = true;
  EXPECT_EQ(Origins({}).SecurityOf(request), CookieSecurity::kHttpsOnly);
}

TEST(OriginsTest, CorsOrigin_OnlyAllowedOnes) {
  const Origins origins({.public_url = "https://chat.example",
                         .trusted_proxies = {},
                         .allowed_origins = {"https://app.example"}});
  EXPECT_EQ(origins.CorsOrigin(From("https://app.example")), "https://app.example");
  EXPECT_EQ(origins.CorsOrigin(From("https://chat.example")), std::nullopt);
  EXPECT_EQ(origins.CorsOrigin(From("")), std::nullopt);
}

}  // namespace
}  // namespace parley::http
