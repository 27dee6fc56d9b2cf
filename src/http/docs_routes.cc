#include <string>
#include <string_view>

#include "http/api.h"
#include "http/docs_assets.h"
#include "http/negotiation.h"
#include "http/routes.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

/// No script, nothing from elsewhere, in no frame of others.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

HttpResponse Serve(const net::HttpRequest& request, const DocsAsset& asset) {
  const bool gzip =
      ChooseCoding(request.Header("accept-encoding"), {.gzip = true}) == Coding::kGzip;
  std::string etag = "\"" + std::string(asset.hash) + (gzip ? "-gzip\"" : "\"");
  HttpResponse response;
  response.status = Knows(request.Header("if-none-match"), etag) ? 304 : 200;
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
