#pragma once

#include <string>

#include "bench/options.h"
#include "bench/steps.h"

namespace parley::bench {

/// The figures of a run of steps for a person: a line for each.
std::string StepTable(const Options& options, const StepReport& report);
/// The same as one JSON object. Its fields are in bench/README.md.
std::string StepJson(const Options& options, const StepReport& report, bool complete);

}  // namespace parley::bench
