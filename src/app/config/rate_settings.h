#pragma once

#include <vector>

#include "app/config/setting.h"

namespace parley::app {

/// Adds the section [rates].
void AddRates(std::vector<Setting>& table);

}  // namespace parley::app
