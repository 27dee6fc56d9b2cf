#pragma once

#include <string>

#include "bench/options.h"
#include "bench/run.h"

namespace parley::bench {

/// The figures of a run, in words for a person: several lines.
std::string Table(const Options& options, const Outcome& outcome);
/// The same as one JSON object, with every counter. Its fields are in bench/README.md.
std::string Json(const Options& options, const Outcome& outcome);
/// What went wrong, one line each; empty where nothing did.
std::string Failures(const Outcome& outcome);

}  // namespace parley::bench
