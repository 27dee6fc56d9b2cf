#pragma once

#include <vector>

#include "app/config/config.h"
#include "app/doctor_checks.h"
#include "app/log.h"

namespace parley::app {

/// What the database cluster tells of itself, and what of it is unsafe; nothing where the store is
/// no cluster. Connects and reads; blocks for some seconds at most.
std::vector<Finding> CheckCluster(const Config& config);

}  // namespace parley::app
