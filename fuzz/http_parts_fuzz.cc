// The parts of an HTTP request that Parley reads itself: target, query, cookies, origins, header
// values. The first line of the input is the target, the others are headers.

#include <string>
#include <simdjson.h>

#include "fuzz/check.h"
#include "http/cookies.h"
#include "http/negotiation.h"
#include "http/origins.h"
#include "http/router.h"
#include "http/target.h"
#include "http/text.h"
#include "model/limits.h"
#include "wire/json_reader.h"

namespace parley::http {
namespace {

std::string Encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kDigits[byte / 16], kDigits[byte % 16]};
  }
  return encoded;
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/"},
    {.method = "GET", .pattern = "/v1/users/me"},
    {.method = "GET", .pattern = "/v1/users/{id}"},
    {.method = "PUT", .pattern = "/v1/conversations/{id}/read"},
    {.method = "DELETE", .pattern = "/v1/conversations/{id}/members/{user}"},
    {.method = "GET", .pattern = kAnyOtherPath},
};

void CheckRoutes(const Target& target) {
  static const Router router({kRoutes});
  for (const std::string_view method : {"GET", "PUT", "DELETE", "HEAD", "NONE"}) {
    const RouteMatch match = router.Find(method, target.segments);
    if (match.route != nullptr) {
      FUZZ_CHECK(match.route == &router.routes().at(match.index));
      if (match.route->pattern == kAnyOtherPath) {
        FUZZ_CHECK(match.parameters == target.segments);
        continue;
      }
      for (const std::string& parameter : match.parameters) FUZZ_CHECK(!parameter.empty());
    }
  }
}

void CheckQuery(const Query& query) {
  if (const auto limit = query.Limit(); limit.ok()) {
    FUZZ_CHECK(*limit >= 1 && *limit <= Limits::kPageMax);
  }
  for (const std::string_view name : {"before", "after", "around", "query", "cursor", ""}) {
    const auto seq = query.FindSeq(name);
    if (seq.ok() && *seq) FUZZ_CHECK((*seq)->value() <= wire::kMaxJsonInteger);
    const auto text = query.Find(name);
    if (text.ok() && *text) FUZZ_CHECK(simdjson::validate_utf8(**text));
  }
}

void CheckTarget(std::string_view text) {
  const Result<Target> target = ParseTarget(text);
  if (!target.ok()) {
    FUZZ_CHECK(target.status().code() == StatusCode::kMalformed);
    return;
  }
  FUZZ_CHECK(!target->segments.empty());
  std::string written;
  for (const std::string& segment : target->segments) {
    FUZZ_CHECK(simdjson::validate_utf8(segment));
    written += '/' + Encode(segment);
  }
  // Encoded again it is the same path.
  const Result<Target> again = ParseTarget(written);
  FUZZ_CHECK(again.ok() && again->segments == target->segments);
  CheckQuery(target->query);
  CheckRoutes(*target);
}

void CheckValue(std::string_view value) {
  for (const std::string_view member : SplitList(value)) {
    FUZZ_CHECK(!member.empty() && member == Trim(member));
    FUZZ_CHECK(member.find(',') == std::string_view::npos);
  }
  FUZZ_CHECK(EqualsIgnoreCase(value, ToLower(value)));
  if (const auto token = BearerToken(value)) FUZZ_CHECK(token->size() < value.size());
  IsJson(value);
}

/// Nothing is packed in a way that is not at hand, or that is not named in some way.
void CheckNegotiation(std::string_view value) {
  FUZZ_CHECK(ChooseCoding(value, {}) == Coding::kIdentity);
  FUZZ_CHECK(ChooseCoding(value, {.gzip = true}) != Coding::kBrotli);
  const std::string lower = ToLower(value);
  const auto names = [&](std::string_view name) { return lower.find(name) != std::string::npos; };
  const Coding coding = ChooseCoding(value, {.gzip = true, .brotli = true});
  FUZZ_CHECK(coding != Coding::kGzip || names("gzip") || names("*"));
  FUZZ_CHECK(coding != Coding::kBrotli || names("br") || names("*"));
  FUZZ_CHECK(ChooseCoding(lower, {.gzip = true, .brotli = true}) == coding);
  FUZZ_CHECK(!NamesHtml(value) || names("text/html"));
  FUZZ_CHECK(!Knows(value, "\"tag\"") || names("\"tag\"") || names("*"));
}

/// Only pages of the listed places are let in, however a header is written.
void CheckOrigins(const net::HttpRequest& request) {
  static const Origins closed(OriginSettings{});
  static const Origins open({.public_url = "https://chat.example",
                             .trusted_proxies = {"10.0.0.0/8", "::1"},
                             .allowed_origins = {"https://app.example:8443"}});
  FUZZ_CHECK(!closed.CorsOrigin(request));
  if (const auto cors = open.CorsOrigin(request)) {
    FUZZ_CHECK(NormalizeOrigin(*cors) == "https://app.example:8443");
  }
  if (open.CheckOrigin(request).ok()) {
    FUZZ_CHECK(request.CountHeader("Origin") == 1);
    const std::string origin = NormalizeOrigin(request.Header("Origin"));
    FUZZ_CHECK(origin == "https://chat.example" || origin == "https://app.example:8443" ||
               origin.starts_with("http"));
  }
  FUZZ_CHECK(open.SecurityOf(request) == CookieSecurity::kHttpsOnly);
  closed.SecurityOf(request);
}

net::HttpRequest ReadHeaders(std::string_view lines) {
  net::HttpRequest request;
  request.peer_address = "10.1.2.3";
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    lines = end == std::string_view::npos ? std::string_view() : lines.substr(end + 1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers.emplace_back(line.substr(0, colon), Trim(line.substr(colon + 1)));
  }
  return request;
}

}  // namespace
}  // namespace parley::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::http;
  const std::string_view text = parley::fuzz::AsText(data, size);
  const std::size_t end = text.find('\n');
  CheckTarget(text.substr(0, end));
  if (end == std::string_view::npos) return 0;
  const parley::net::HttpRequest request = ReadHeaders(text.substr(end + 1));
  for (const auto& [name, value] : request.headers) {
    CheckValue(value);
    CheckNegotiation(value);
  }
  CheckOrigins(request);
  if (const auto cookie = FindCookie(request, kSessionCookie)) {
    FUZZ_CHECK(cookie->find(';') == std::string::npos);
  }
  return 0;
}
