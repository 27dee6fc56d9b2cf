#include "client/errors.h"

#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "client/json.h"

namespace parley::client {
namespace {

struct CodeName {
  StatusCode code;
  std::string_view name;
};

// The first of each code is what it is called; the first of each name is what it means.
constexpr std::array kCodes = {
    CodeName{StatusCode::kInvalidArgument, "invalid"},
    CodeName{StatusCode::kMalformed, "invalid"},
    CodeName{StatusCode::kInvalidArgument, "unsupported_media_type"},
    CodeName{StatusCode::kUnauthenticated, "unauthenticated"},
    CodeName{StatusCode::kPermissionDenied, "forbidden"},
    CodeName{StatusCode::kNotFound, "not_found"},
    CodeName{StatusCode::kNotFound, "method_not_allowed"},
    CodeName{StatusCode::kConflict, "conflict"},
    CodeName{StatusCode::kTooLarge, "too_large"},
    CodeName{StatusCode::kRateLimited, "rate_limited"},
    CodeName{StatusCode::kUnavailable, "unavailable"},
    CodeName{StatusCode::kUnknown, "unavailable"},
    CodeName{StatusCode::kDeadlineExceeded, "deadline_exceeded"},
    CodeName{StatusCode::kCancelled, "cancelled"},
    CodeName{StatusCode::kInternal, "internal"},
};

StatusCode StatusCodeOfHttp(int http_status) {
  switch (http_status) {
    case 400:
      return StatusCode::kMalformed;
    case 401:
      return StatusCode::kUnauthenticated;
    case 403:
      return StatusCode::kPermissionDenied;
    case 404:
      return StatusCode::kNotFound;
    case 409:
      return StatusCode::kConflict;
    case 413:
      return StatusCode::kTooLarge;
    case 422:
      return StatusCode::kInvalidArgument;
    case 429:
      return StatusCode::kRateLimited;
    case 502:
    case 503:
    case 504:
      return StatusCode::kUnavailable;
    default:
      return StatusCode::kInternal;
  }
}

std::string DetailOf(const Json& problem, int http_status) {
  std::string detail(problem["detail"].Str());
  if (detail.empty()) detail = problem["title"].Str();
  if (detail.empty()) detail = fmt::format("the server answered with HTTP status {}", http_status);
  return detail;
}

}  // namespace

std::string_view ErrorCode(StatusCode code) {
  for (const CodeName& entry : kCodes) {
    if (entry.code == code) return entry.name;
  }
  return "internal";
}

StatusCode StatusCodeOf(std::string_view error_code) {
  for (const CodeName& entry : kCodes) {
    if (entry.name == error_code) return entry.code;
  }
  return StatusCode::kInternal;
}

Status ProblemStatus(int http_status, std::string_view body,
                     std::optional<std::chrono::seconds> retry_after) {
  // A proxy in between may answer with anything: what is no problem+json still has its status.
  Result<JsonDocument> document = JsonDocument::Parse(body);
  const Json problem = document.ok() ? document->root() : Json();
  const std::string_view code = problem["code"].Str();
  // `invalid` is two of ours; the HTTP status tells them apart.
  const bool by_name = !code.empty() && code != "invalid";
  Status status(by_name ? StatusCodeOf(code) : StatusCodeOfHttp(http_status),
                DetailOf(problem, http_status));
  for (const Json& field : problem["errors"].Items()) {
    status =
        status.WithField(std::string(field["field"].Str()), std::string(field["detail"].Str()));
  }
  return retry_after ? status.WithRetryAfter(*retry_after) : status;
}

bool IsRetryable(StatusCode code) {
  switch (code) {
    case StatusCode::kRateLimited:
    case StatusCode::kUnavailable:
    case StatusCode::kUnknown:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kInternal:
      return true;
    default:
      return false;
  }
}

}  // namespace parley::client
