#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/migration/testing/fake_target.h"

namespace parley::storage::migration {

/// Records of all kinds, `count` of most: such as a store may hold, with the odd ones among them
/// (people who left, positions that say one thing alone, empty texts, entries at the borders of
/// parts). The same again for the same seed.
Contents RandomContents(std::uint32_t seed, std::size_t count);

}  // namespace parley::storage::migration
