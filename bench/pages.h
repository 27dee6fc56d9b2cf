#pragma once

#include "base/result.h"
#include "bench/options.h"
#include "bench/steps.h"

namespace parley::bench {

/// Gets the page of `options.url` again and again. The URL is the path and query of a server that
/// is there already, whichever that is.
Result<StepReport> RunPages(const Options& options);

}  // namespace parley::bench
