#pragma once

#include <string_view>

#include "base/status.h"

namespace parley::wire {

/// How an error is told to clients: the HTTP status and the stable, machine readable `code`.
struct ErrorCode {
  int http_status = 500;
  std::string_view code = "internal";

  bool operator==(const ErrorCode&) const = default;
};

/// The one table from Status to the interface, for HTTP answers and `error` frames alike. Not for
/// kOk.
ErrorCode ErrorCodeOf(StatusCode code);

/// The `code` of an error that HTTP itself knows and Status does not (405, 415, 431, …).
std::string_view CodeOfHttpStatus(int http_status);

/// The phrase of a status code (RFC 9110, 15): "Not Found".
std::string_view HttpStatusPhrase(int http_status);

/// What a client is told in words. The message of the status, but for errors of our own making
/// (kInternal, kDataLoss), whose messages are for the log.
std::string_view PublicDetail(const Status& status);

}  // namespace parley::wire
