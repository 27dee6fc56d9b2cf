#pragma once

#include <map>
#include <string>
#include <string_view>

namespace parley::bench {

/// What a server told at one moment: the number behind each `name{labels}`.
using Metrics = std::map<std::string, double, std::less<>>;

/// Those lines of a page of metrics that are samples.
Metrics ParseMetrics(std::string_view page);
/// From the server's port of operations, such as http://127.0.0.1:8081; none if it does not answer.
Metrics ReadMetrics(const std::string& ops_url);

/// What the store was asked for since `before` because no cache had it.
struct StoreReads {
  double snapshots = 0;    ///< of conversations
  double memberships = 0;  ///< lists of a person's conversations
  double entries = 0;      ///< runs of changes
};
StoreReads ReadsBetween(const Metrics& before, const Metrics& after);

}  // namespace parley::bench
