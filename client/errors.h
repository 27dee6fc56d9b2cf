#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/status.h"

namespace parley::client {

/// The `code` of the interface for a status: "not_found". Codes of the client's own making:
/// "deadline_exceeded", "cancelled".
std::string_view ErrorCode(StatusCode code);

/// The other way; kInternal for a code that this version does not know.
StatusCode StatusCodeOf(std::string_view error_code);

/// The error that an answer with `http_status` and a body (problem+json, RFC 9457, or anything)
/// tells of.
Status ProblemStatus(int http_status, std::string_view body,
                     std::optional<std::chrono::seconds> retry_after);

/// Whether the same request may succeed later: not reached, too fast, not ready, no answer in time.
bool IsRetryable(StatusCode code);

}  // namespace parley::client
