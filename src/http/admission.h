#pragma once

#include <cstddef>

#include "base/status.h"
#include "http/api.h"
#include "limits/rate_limits.h"

namespace parley::http {

// Holds requests to the rates: kRateLimited (429 with Retry-After) for who is too fast.

/// What is limited by the address that the request comes from.
Status AdmitAddress(const Api& api, const Request& request, limits::Action action);

/// What is limited by the account of the caller; `cost` where one request does as much as several.
Status AdmitCaller(const Api& api, const Request& request, limits::Action action,
                   std::size_t cost = 1);

/// What to answer to a request that was not authenticated, for the reason `failed`: that, or that
/// there were too many of its kind. A stranger can thereby not make anyone's good token fail.
Status AdmitStranger(const Api& api, const Request& request, const Status& failed);

}  // namespace parley::http
