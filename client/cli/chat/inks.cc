#include "client/cli/chat/inks.h"

#include <array>
#include <cstddef>

namespace parley::client::cli::chat {
namespace {

constexpr std::size_t kInks = 10;
constexpr int kNone = -1;

// In the order of Ink: plain, faint, accent, good, bad, five names.
constexpr std::array<int, kInks> kOf8 = {kNone, kNone, 6, 2, 1, 5, 3, 2, 6, 1};
constexpr std::array<int, kInks> kOf16 = {kNone, 8, 6, 2, 1, 5, 3, 2, 4, 1};
constexpr std::array<int, kInks> kOf256 = {kNone, 244, 33, 34, 167, 37, 134, 136, 71, 173};

}  // namespace

std::optional<int> ColorOf(Ink ink, int colors) {
  if (colors < 8) return std::nullopt;
  const auto& table = colors >= 256 ? kOf256 : colors >= 16 ? kOf16 : kOf8;
  const int color = table[static_cast<std::size_t>(ink)];
  return color == kNone ? std::nullopt : std::optional(color);
}

}  // namespace parley::client::cli::chat
