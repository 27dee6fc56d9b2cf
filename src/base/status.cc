#include "base/status.h"

#include <utility>

#include <fmt/core.h>

namespace parley {

std::string_view StatusCodeName(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "OK";
    case StatusCode::kMalformed:
      return "MALFORMED";
    case StatusCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case StatusCode::kUnauthenticated:
      return "UNAUTHENTICATED";
    case StatusCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case StatusCode::kNotFound:
      return "NOT_FOUND";
    case StatusCode::kConflict:
      return "CONFLICT";
    case StatusCode::kTooLarge:
      return "TOO_LARGE";
    case StatusCode::kRateLimited:
      return "RATE_LIMITED";
    case StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case StatusCode::kUnknown:
      return "UNKNOWN";
    case StatusCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case StatusCode::kCancelled:
      return "CANCELLED";
    case StatusCode::kDataLoss:
      return "DATA_LOSS";
    case StatusCode::kInternal:
      return "INTERNAL";
  }
  return "UNNAMED";
}

Status::Status(StatusCode code, std::string message)
    : code_(code), detail_(std::make_shared<const Detail>(Detail{std::move(message), {}, {}})) {}

std::string_view Status::message() const {
  return detail_ ? std::string_view(detail_->message) : std::string_view();
}

const std::vector<FieldError>& Status::fields() const {
  static const std::vector<FieldError> kNone;
  return detail_ ? detail_->fields : kNone;
}

std::optional<std::chrono::milliseconds> Status::retry_after() const {
  return detail_ ? detail_->retry_after : std::nullopt;
}

Status Status::WithField(std::string field, std::string detail) const {
  Detail changed = detail_ ? *detail_ : Detail{};
  changed.fields.push_back({std::move(field), std::move(detail)});
  Status copy = *this;
  copy.detail_ = std::make_shared<const Detail>(std::move(changed));
  return copy;
}

Status Status::WithRetryAfter(std::chrono::milliseconds after) const {
  Detail changed = detail_ ? *detail_ : Detail{};
  changed.retry_after = after;
  Status copy = *this;
  copy.detail_ = std::make_shared<const Detail>(std::move(changed));
  return copy;
}

std::string Status::ToString() const {
  return message().empty() ? std::string(StatusCodeName(code_))
                           : fmt::format("{}: {}", StatusCodeName(code_), message());
}

Status Malformed(std::string message) { return {StatusCode::kMalformed, std::move(message)}; }
Status InvalidArgument(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}
Status InvalidField(std::string field, std::string detail) {
  std::string message = fmt::format("{}: {}", field, detail);
  return InvalidArgument(std::move(message)).WithField(std::move(field), std::move(detail));
}
Status Unauthenticated(std::string message) {
  return {StatusCode::kUnauthenticated, std::move(message)};
}
Status PermissionDenied(std::string message) {
  return {StatusCode::kPermissionDenied, std::move(message)};
}
Status NotFound(std::string message) { return {StatusCode::kNotFound, std::move(message)}; }
Status Conflict(std::string message) { return {StatusCode::kConflict, std::move(message)}; }
Status TooLarge(std::string message) { return {StatusCode::kTooLarge, std::move(message)}; }
Status Unavailable(std::string message) { return {StatusCode::kUnavailable, std::move(message)}; }
Status DataLoss(std::string message) { return {StatusCode::kDataLoss, std::move(message)}; }
Status Internal(std::string message) { return {StatusCode::kInternal, std::move(message)}; }

}  // namespace parley
