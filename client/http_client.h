#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "client/url.h"

namespace parley::client {

struct HttpRequest {
  std::string method;  ///< "GET"
  std::string target;  ///< path and query, already encoded: "/v1/users/me"
  std::string body;    ///< JSON, or empty for none
  std::chrono::milliseconds timeout{15'000};
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after;
};

/// Makes HTTP requests to one server. Blocks. One thread at a time.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Any HTTP status is an answer. kUnavailable: the server was not reached, nothing was done.
  /// kUnknown: the connection broke before the answer; kDeadlineExceeded: none within the timeout.
  /// After those two the request may have been carried out or not.
  virtual Result<HttpResponse> Do(const HttpRequest& request) = 0;
};

/// Over libcurl, with one connection that is kept. Follows no redirects and uses no proxy: the
/// token goes to `server` and to nobody else.
class CurlHttpClient : public HttpClient {
 public:
  /// `token` may be empty.
  CurlHttpClient(ServerUrl server, std::string token);
  ~CurlHttpClient() override;

  Result<HttpResponse> Do(const HttpRequest& request) override;
  /// Ends the request under way and all to come, with kCancelled, within a second. Any thread.
  void Abort() { aborted_ = true; }

 private:
  struct Handle;
  const ServerUrl server_;
  const std::string token_;
  std::unique_ptr<Handle> handle_;
  std::atomic<bool> aborted_{false};
};

}  // namespace parley::client
