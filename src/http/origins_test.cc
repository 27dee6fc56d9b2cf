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

/// Where a request from `peer` with this X-Forwarded-For seems to come from.
limits::ClientAddress ClientOf(const char* peer, std::vector<std::string> forwarded) {
  const Origins origins({.public_url = "",
                         .trusted_proxies = {"10.0.0.0/8", "2001:db8::/32"},
                         .allowed_origins = {}});
  net::HttpRequest request;
  request.peer_address = peer;
  for (std::string& value : forwarded) {
    request.headers.emplace_back("X-Forwarded-For", std::move(value));
  }
  return origins.ClientOf(request);
}

limits::ClientAddress Address(const char* text) {
  return limits::ClientAddress::Parse(text).value_or(limits::ClientAddress());
}

TEST(OriginsTest, ClientOf_AStranger_IsThePeerWhateverItSays) {
  EXPECT_EQ(ClientOf("192.0.2.1", {}), Address("192.0.2.1"));
  EXPECT_EQ(ClientOf("192.0.2.1", {"198.51.100.1"}), Address("192.0.2.1"));
  EXPECT_EQ(ClientOf("", {"198.51.100.1"}), limits::ClientAddress());
}

TEST(OriginsTest, ClientOf_BehindAProxy_IsTheLastStranger) {
  EXPECT_EQ(ClientOf("10.0.0.1", {"198.51.100.1"}), Address("198.51.100.1"));
  EXPECT_EQ(ClientOf("2001:db8::1", {"2001:db9::7"}), Address("2001:db9::7"));
  EXPECT_EQ(ClientOf("::ffff:10.0.0.1", {"::ffff:198.51.100.1"}), Address("198.51.100.1"));
  // What stands before it, the client may have made up.
  EXPECT_EQ(ClientOf("10.0.0.1", {"1.1.1.1, 198.51.100.1"}), Address("198.51.100.1"));
  EXPECT_EQ(ClientOf("10.0.0.1", {"nonsense, 198.51.100.1 , 10.0.0.2"}), Address("198.51.100.1"));
  // Several headers are one list.
  EXPECT_EQ(ClientOf("10.0.0.1", {"1.1.1.1", "198.51.100.1", "10.2.3.4,10.0.0.2"}),
            Address("198.51.100.1"));
}

TEST(OriginsTest, ClientOf_WhatCannotBeRead_IsThePeer) {
  for (const char* forwarded : {"", " , ", "unknown", "1.1.1.1, unknown", "198.51.100.1:80",
                                "unknown, 10.0.0.2", "198.51.100.999"}) {
    EXPECT_EQ(ClientOf("10.0.0.1", {forwarded}), Address("10.0.0.1")) << forwarded;
  }
}

TEST(OriginsTest, ClientOf_ProxiesAlone_IsTheFirst) {
  EXPECT_EQ(ClientOf("10.0.0.1", {}), Address("10.0.0.1"));
  EXPECT_EQ(ClientOf("10.0.0.1", {"10.0.0.3, 10.0.0.2"}), Address("10.0.0.3"));
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
