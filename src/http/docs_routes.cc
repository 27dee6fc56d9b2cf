#include <string>
#include <string_view>

#include "http/api.h"
#include "http/docs_assets.h"
#include "http/routes.h"
#include "http/text.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

/// No script, nothing from elsewhere, in no frame of others.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/// Whether the client takes gzip: named, and not with the quality 0 (RFC 9110, 12.5.3).
bool TakesGzip(const net::HttpRequest& request) {
  for (const std::string_view coding : SplitList(request.Header("accept-encoding"))) {
    const std::size_t semicolon = coding.find(';');
    if (!EqualsIgnoreCase(Trim(coding.substr(0, semicolon)), "gzip")) continue;
    if (semicolon == std::string_view::npos) return true;
    const std::string_view weight = Trim(coding.substr(semicolon + 1));
    return weight.find_first_not_of("qQ=0. ") != std::string_view::npos;
  }
  return false;
}

/// If-None-Match (RFC 9110, 13.1.2), by weak comparison.
bool Knows(const net::HttpRequest& request, std::string_view etag) {
  for (std::string_view known : SplitList(request.Header("if-none-match"))) {
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known == "*" || known == etag) return true;
  }
  return false;
}

HttpResponse Serve(const net::HttpRequest& request, const DocsAsset& asset) {
  const bool gzip = TakesGzip(request);
  std::string etag = "\"" + std::string(asset.hash) + (gzip ? "-gzip\"" : "\"");
  HttpResponse response;
  response.status = Knows(request, etag) ? 304 : 200;
  response.headers = {{"ETag", std::move(etag)},
                      {"Cache-Control", "no-cache"},  // it changes with the server: ask each time
                      {"Vary", "Accept-Encoding"}};
  if (response.status == 304) return response;
  response.headers.emplace_back("Content-Type", asset.content_type);
  if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  response.body = gzip ? asset.gzip : asset.plain;
  return response;
}

Task<Result<HttpResponse>> GetPage(const Api* /*api*/, Request* request) {
  HttpResponse response = Serve(request->http, DocsPage());
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  co_return response;
}

Task<Result<HttpResponse>> GetStyle(const Api* /*api*/, Request* request) {
  co_return Serve(request->http, DocsStyle());
}

Task<Result<HttpResponse>> GetOpenApi(const Api* /*api*/, Request* request) {
  co_return Serve(request->http, OpenApiDocument());
}

Task<Result<HttpResponse>> GetAsyncApi(const Api* /*api*/, Request* request) {
  co_return Serve(request->http, AsyncApiDocument());
}

Task<Result<HttpResponse>> LeadToPage(const Api* /*api*/, Request* /*request*/) {
  co_return HttpResponse{308, {{"Location", "/docs"}}, {}};
}

constexpr Route kRoutes[] = {
    {"GET", "/docs", Access::kAnyone, Body::kNone, GetPage},
    {"GET", "/docs/", Access::kAnyone, Body::kNone, LeadToPage},
    {"GET", "/docs/docs.css", Access::kAnyone, Body::kNone, GetStyle},
    {"GET", "/docs/openapi.yaml", Access::kAnyone, Body::kNone, GetOpenApi},
    {"GET", "/docs/asyncapi.yaml", Access::kAnyone, Body::kNone, GetAsyncApi},
};

}  // namespace

std::span<const Route> DocsRoutes() { return kRoutes; }

}  // namespace parley::http
