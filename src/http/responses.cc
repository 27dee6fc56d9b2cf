#include "http/responses.h"

#include <chrono>
#include <utility>

#include "wire/encode.h"
#include "wire/error_code.h"

namespace parley::http {
namespace {

constexpr std::string_view kProblemType = "application/problem+json";
/// Where the status names no time of its own.
constexpr std::chrono::seconds kRetryAfter{1};

net::HttpResponse MakeProblem(int status, std::string json, std::chrono::milliseconds retry_after) {
  net::HttpResponse response{
      status, {{"Content-Type", std::string(kProblemType)}}, std::move(json)};
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (status == 429 || status == 503) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after);
    response.headers.emplace_back("Retry-After", std::to_string(seconds.count()));
  }
  return response;
}

}  // namespace

net::HttpResponse Json(int status, std::string json) {
  return {status, {{"Content-Type", "application/json"}}, std::move(json)};
}

net::HttpResponse NoContent() { return {204, {}, {}}; }

net::HttpResponse Problem(const Status& status) {
  return MakeProblem(wire::ErrorCodeOf(status.code()).http_status, wire::EncodeProblem(status),
                     status.retry_after().value_or(kRetryAfter));
}

net::HttpResponse Problem(int http_status, std::string_view detail) {
  return MakeProblem(http_status, wire::EncodeProblem(http_status, detail), kRetryAfter);
}

}  // namespace parley::http
