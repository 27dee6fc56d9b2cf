#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley {

/// What went wrong, in few words. The names are gRPC's where gRPC has one
/// (https://grpc.io/docs/guides/status-codes/); each edge maps them in one table to its own codes.
enum class StatusCode {
  kOk,
  kMalformed,         ///< cannot be parsed at all: broken JSON, duplicate names
  kInvalidArgument,   ///< well-formed but wrong: type, range, unknown field or person
  kUnauthenticated,   ///< no or wrong credentials
  kPermissionDenied,  ///< known, but not allowed
  kNotFound,          ///< does not exist, or the caller may not know that it does
  kConflict,          ///< contradicts what is there: taken name, other content, wrong kind
  kTooLarge,          ///< a body or frame over its limit
  kRateLimited,       ///< too fast; `retry_after` says when
  kUnavailable,       ///< cannot be done now and was not done; try again
  kUnknown,           ///< may or may not have been done (a write that timed out)
  kDeadlineExceeded,
  kCancelled,
  kDataLoss,  ///< stored bytes cannot be understood
  kInternal,  ///< a bug
};

std::string_view StatusCodeName(StatusCode code);

/// One field of a request that is wrong, for RFC 9457's `errors`.
struct FieldError {
  std::string field;
  std::string detail;
  bool operator==(const FieldError&) const = default;
};

/// The outcome of an operation without a value. Cheap to copy; OK costs no allocation.
/// `message` is written for the person who gets it and says what to do.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message);

  static Status Ok() { return {}; }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  std::string_view message() const;
  const std::vector<FieldError>& fields() const;
  std::optional<std::chrono::milliseconds> retry_after() const;

  Status WithField(std::string field, std::string detail) const;
  Status WithRetryAfter(std::chrono::milliseconds after) const;

  /// "NOT_FOUND: no such conversation", for logs and test failures.
  std::string ToString() const;

 private:
  struct Detail {
    std::string message;
    std::vector<FieldError> fields;
    std::optional<std::chrono::milliseconds> retry_after;
  };

  StatusCode code_ = StatusCode::kOk;
  std::shared_ptr<const Detail> detail_;
};

Status Malformed(std::string message);
Status InvalidArgument(std::string message);
/// An InvalidArgument that names the one field that is wrong.
Status InvalidField(std::string field, std::string detail);
Status Unauthenticated(std::string message);
Status PermissionDenied(std::string message);
Status NotFound(std::string message);
Status Conflict(std::string message);
Status TooLarge(std::string message);
Status Unavailable(std::string message);
Status DataLoss(std::string message);
Status Internal(std::string message);

/// Spells that a status is ignored, and why.
inline void IgnoreStatus(const Status& /*status*/, std::string_view /*reason*/) {}

}  // namespace parley

/// Returns from the function (or coroutine) with the status of `expr` unless it is OK.
#define PARLEY_TRY(expr)                                                  \
  do {                                                                    \
    if (::parley::Status parley_status_ = (expr); !parley_status_.ok()) { \
      return parley_status_;                                              \
    }                                                                     \
  } while (false)
#define PARLEY_CO_TRY(expr)                                               \
  do {                                                                    \
    if (::parley::Status parley_status_ = (expr); !parley_status_.ok()) { \
      co_return parley_status_;                                           \
    }                                                                     \
  } while (false)
