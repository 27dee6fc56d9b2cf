#pragma once

#include <vector>

#include "app/config/setting.h"

namespace parley::app {

/// Adds what only matters where several nodes work together: Cassandra, Redis, the bus.
void AddCluster(std::vector<Setting>& table);

}  // namespace parley::app
