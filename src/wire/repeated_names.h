#pragma once

#include <span>
#include <string_view>

namespace parley::wire {

/// Whether a name is there twice. Takes time in proportion to the names, and where somebody chose
/// them so that it would not, as much as sorting them.
bool HasRepeatedName(std::span<const std::string_view> names);

}  // namespace parley::wire
