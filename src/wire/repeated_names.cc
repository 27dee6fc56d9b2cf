#include "wire/repeated_names.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace parley::wire {
namespace {

/// So many are compared each with each: mostly their sizes differ.
constexpr std::size_t kFew = 12;
/// Steps beside the first place of a name, for each name, until the hashes count as chosen.
constexpr std::size_t kStepsPerName = 8;

bool AnyPairIsEqual(std::span<const std::string_view> names) {
  for (std::size_t i = 1; i < names.size(); ++i) {
    const auto before = names.first(i);
    if (std::find(before.begin(), before.end(), names[i]) != before.end()) return true;
  }
  return false;
}

/// By a table of hashes; nothing if too many names meet at the same places of it.
std::optional<bool> LookUp(std::span<const std::string_view> names) {
  // A place holds the upper half of the hash and the number of the name from 1, or 0.
  constexpr std::uint64_t kHash = ~std::uint64_t{0} << 32;
  std::vector<std::uint64_t> places(std::bit_ceil(2 * names.size()));
  const std::size_t mask = places.size() - 1;
  std::size_t steps = kStepsPerName * names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::uint64_t hash = std::hash<std::string_view>()(names[i]);
    std::size_t at = hash & mask;
    for (; places[at] != 0; at = (at + 1) & mask) {
      const std::uint64_t other = places[at];
      if (((other ^ hash) & kHash) == 0 && names[(other & ~kHash) - 1] == names[i]) return true;
      if (steps-- == 0) return std::nullopt;
    }
    places[at] = (hash & kHash) | (i + 1);
  }
  return false;
}

bool SortFindsRepeated(std::span<const std::string_view> names) {
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

}  // namespace

bool HasRepeatedName(std::span<const std::string_view> names) {
  if (names.size() <= kFew) return AnyPairIsEqual(names);
  const std::optional<bool> found = LookUp(names);
  return found ? *found : SortFindsRepeated(names);
}

}  // namespace parley::wire
