#include "app/config/nearest.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace parley::app {
namespace {

std::string_view LastPart(std::string_view name) { return name.substr(name.rfind('.') + 1); }

std::size_t Unlikeness(std::string_view given, std::string_view name) {
  if (name.starts_with(given) && name.size() > given.size() && name[given.size()] == '.') return 0;
  // Half a point more, so that the whole name wins among equals.
  const std::size_t whole = 2 * EditDistance(given, name);
  const std::size_t last = 2 * EditDistance(LastPart(given), LastPart(name)) + 1;
  return given.find('.') == std::string_view::npos ? std::min(whole, last) : whole;
}

}  // namespace

std::size_t EditDistance(std::string_view a, std::string_view b) {
  // row[j]: the distance between what of `a` was seen so far and the first j letters of `b`.
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

std::string_view NearestSetting(std::string_view given, std::span<const Setting> table) {
  std::string_view nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Setting& setting : table) {
    const std::size_t unlikeness = Unlikeness(given, setting.name);
    if (unlikeness >= least) continue;
    least = unlikeness;
    nearest = setting.name;
  }
  return nearest;
}

}  // namespace parley::app
