#pragma once

#include <cstdint>
#include <string>

#include "bench/histogram.h"

namespace parley::bench {

double Ms(std::uint64_t ns);
/// For JSON, which has no infinity and no NaN: null.
std::string Number(double value);
/// A histogram of ns as a line of a table, in ms.
std::string LatencyRow(const char* name, const Histogram& histogram);
/// The same as a JSON object.
std::string LatencyJson(const Histogram& histogram);

}  // namespace parley::bench
