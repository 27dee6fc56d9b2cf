#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "http/api.h"
#include "http/negotiation.h"
#include "http/routes.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

/// Nothing from elsewhere, nothing inline, in no frame. 'self' of connect-src is the WebSocket of
/// the same host too (Content Security Policy 3, 6.7.2.8). blob: and data: are pictures and sounds
/// that the page itself made.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Voice messages and pictures are taken by the app itself; what it has no use for is off.
constexpr const char* kPermissionsPolicy =
    "camera=(self), microphone=(self), display-capture=(), geolocation=(), midi=(), payment=(), "
    "usb=(), serial=(), hid=()";

/// Hashed names: another content has another name.
constexpr const char* kForever = "public, max-age=31536000, immutable";
constexpr const char* kAskEachTime = "no-cache";

/// First segments that are never the app's: an address of the interface that is wrong is answered
/// as such, and those of the operations port never look as if they were here.
constexpr std::array<std::string_view, 6> kReserved{"v1",      "media",   "docs",
                                                    "metrics", "healthz", "readyz"};

constexpr const char* kNoApp = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Parley</title>
</head>
<body>
<h1>Parley is running</h1>
<p>This build has no web app: it was made with <code>PARLEY_WEB=OFF</code>. Talk from a terminal:</p>
<pre>
parley register ann                  # make an account
parley new bo                        # start a conversation with bo
parley send @bo "Hello, Bo"          # say something
parley tail                          # see what comes in, live
</pre>
<p>If the server is not at <code>http://127.0.0.1:8080</code>, add <code>--server</code> and its address.
<code>parley --help</code> lists the rest.</p>
<p>Programs use the interface under <code>/v1</code>: <a href="/docs">its reference</a>.</p>
</body>
</html>
)";

void AddSecurityHeaders(HttpResponse& response) {
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Permissions-Policy", kPermissionsPolicy);
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
}

/// The path that the segments spell, or empty where no file and no page can be: a segment that
/// means another folder, that is empty, or that had its slash written as %2F.
std::string PathOf(const std::vector<std::string>& segments) {
  std::string path;
  for (const std::string& segment : segments) {
    const bool last = &segment == &segments.back();
    if (segment == "." || segment == ".." || (segment.empty() && !last)) return {};
    if (segment.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos) return {};
    path += '/';
    path += segment;
  }
  return path;
}

/// Whether a person who goes there is to get the app, which then shows what is at that address. A
/// dot in the last segment makes it the name of a file ("/sw.js", and "/sw.js/" too), and one at
/// the beginning of any a folder that is hidden ("/.git/config").
bool IsPage(const Request& request, std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  const bool file = path.find('.', path.rfind('/')) != std::string_view::npos ||
                    path.find("/.") != std::string_view::npos;
  return !file && request.parameters.front() != "assets" &&
         NamesHtml(request.http.Header("accept"));
}

std::string_view Suffix(Coding coding) {
  switch (coding) {
    case Coding::kIdentity:
      return "\"";
    case Coding::kGzip:
      return "-gzip\"";
    case Coding::kBrotli:
      return "-br\"";
  }
  return "\"";
}

HttpResponse Serve(const net::HttpRequest& request, const WebAsset& asset) {
  const Coding coding =
      ChooseCoding(request.Header("accept-encoding"),
                   {.gzip = !asset.gzip.empty(), .brotli = !asset.brotli.empty()});
  std::string etag = "\"" + std::string(asset.hash);
  etag += Suffix(coding);
  HttpResponse response;
  response.status = Knows(request.Header("if-none-match"), etag) ? 304 : 200;
  response.headers.reserve(12);
  response.headers.emplace_back("ETag", std::move(etag));
  response.headers.emplace_back("Cache-Control",
                                asset.path.starts_with("/assets/") ? kForever : kAskEachTime);
  const bool page = asset.content_type.starts_with("text/html");
  response.headers.emplace_back("Vary", page ? "Accept, Accept-Encoding" : "Accept-Encoding");
  // With a 304 too: the browser keeps the page and takes the headers of this version.
  AddSecurityHeaders(response);
  if (response.status == 304) return response;
  response.headers.emplace_back("Content-Type", asset.content_type);
  switch (coding) {
    case Coding::kIdentity:
      response.lasting_body = asset.plain;
      break;
    case Coding::kGzip:
      response.headers.emplace_back("Content-Encoding", "gzip");
      response.lasting_body = asset.gzip;
      break;
    case Coding::kBrotli:
      response.headers.emplace_back("Content-Encoding", "br");
      response.lasting_body = asset.brotli;
      break;
  }
  return response;
}

HttpResponse NoAppPage() {
  HttpResponse response{200, {{"Content-Type", "text/html; charset=utf-8"}}, {}};
  AddSecurityHeaders(response);
  response.lasting_body = kNoApp;
  return response;
}

Task<Result<HttpResponse>> GetRoot(const Api* api, Request* request) {
  if (api->to.web == nullptr) co_return NoAppPage();
  const WebAsset* page = api->to.web->Find("/index.html");
  if (page == nullptr) co_return Internal("the web app has no index.html");
  co_return Serve(request->http, *page);
}

Task<Result<HttpResponse>> GetOther(const Api* api, Request* request) {
  const std::string path = PathOf(request->parameters);
  const bool reserved =
      path.empty() || std::ranges::find(kReserved, request->parameters.front()) != kReserved.end();
  if (!reserved && api->to.web != nullptr) {
    if (const WebAsset* file = api->to.web->Find(path)) co_return Serve(request->http, *file);
    if (IsPage(*request, path)) co_return co_await GetRoot(api, request);
  }
  co_return NotFound("there is nothing at this address");
}

constexpr Route kRoutes[] = {
    {"GET", "/", Access::kAnyone, Body::kNone, GetRoot},
    {"GET", kAnyOtherPath, Access::kAnyone, Body::kNone, GetOther},
};

}  // namespace

std::span<const Route> WebRoutes() { return kRoutes; }

}  // namespace parley::http
