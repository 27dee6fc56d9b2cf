#pragma once

#include "base/result.h"
#include "bench/options.h"
#include "bench/plan.h"
#include "client/url.h"

namespace parley::bench {

/// A line on standard error that tells how far "making `what`" is, unless the options want none.
SetupProgress ShowSetup(const Options& options, const char* what);

/// Makes the accounts and conversations that the plan of `options` has (MakePlan) and the server
/// does not. kUnavailable: it was not reached, or the file of accounts cannot be written.
Result<Plan> SetUp(const Options& options, const client::ServerUrl& server);

/// As many open files as this process may have. kInvalidArgument if that is too little for
/// `connections`.
Status AllowFiles(std::size_t connections);

}  // namespace parley::bench
