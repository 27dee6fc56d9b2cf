#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "app/config/setting.h"

namespace parley::app {

/// How many letters must be added, taken away or replaced to make one text of the other
/// (Levenshtein).
std::size_t EditDistance(std::string_view a, std::string_view b);

/// The name in the table that was most likely meant by `given`; "" only if the table is empty. The
/// last part alone
/// ("registration") and the first parts alone ("log") find theirs.
std::string_view NearestSetting(std::string_view given, std::span<const Setting> table);

}  // namespace parley::app
