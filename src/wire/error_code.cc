#include "wire/error_code.h"

namespace parley::wire {

ErrorCode ErrorCodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::kMalformed:
      return {400, "invalid"};
    case StatusCode::kInvalidArgument:
      return {422, "invalid"};
    case StatusCode::kUnauthenticated:
      return {401, "unauthenticated"};
    case StatusCode::kPermissionDenied:
      return {403, "forbidden"};
    case StatusCode::kNotFound:
      return {404, "not_found"};
    case StatusCode::kConflict:
      return {409, "conflict"};
    case StatusCode::kTooLarge:
      return {413, "too_large"};
    case StatusCode::kRateLimited:
      return {429, "rate_limited"};
    case StatusCode::kUnavailable:
    case StatusCode::kUnknown:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kCancelled:
      return {503, "unavailable"};
    case StatusCode::kOk:
    case StatusCode::kDataLoss:
    case StatusCode::kInternal:
      break;
  }
  return {500, "internal"};
}

std::string_view CodeOfHttpStatus(int http_status) {
  switch (http_status) {
    case 401:
      return "unauthenticated";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 405:
      return "method_not_allowed";
    case 409:
      return "conflict";
    case 413:
    case 414:
    case 431:
      return "too_large";
    case 415:
      return "unsupported_media_type";
    case 429:
      return "rate_limited";
    case 503:
      return "unavailable";
    default:
      return http_status < 500 ? "invalid" : "internal";
  }
}

std::string_view HttpStatusPhrase(int http_status) {
  switch (http_status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return http_status < 500 ? "Bad Request" : "Internal Server Error";
  }
}

std::string_view PublicDetail(const Status& status) {
  const ErrorCode error = ErrorCodeOf(status.code());
  if (error.http_status == 500) return "something went wrong on our side; it is in our log";
  return status.message().empty() ? HttpStatusPhrase(error.http_status) : status.message();
}

}  // namespace parley::wire
