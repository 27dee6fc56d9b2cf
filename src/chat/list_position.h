#pragma once

#include <compare>
#include <cstdint>

#include "base/uuid.h"

namespace parley::chat {

/// A place in a list that is ordered by (number, id).
struct ListPosition {
  std::int64_t number = 0;
  Uuid id;

  auto operator<=>(const ListPosition&) const = default;
};

}  // namespace parley::chat
