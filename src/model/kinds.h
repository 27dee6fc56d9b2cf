#pragma once

#include <cstdint>

namespace parley {

/// Stored and sent: append only.
enum class ConversationKind : std::uint8_t { kDirect = 0, kGroup = 1 };

/// Stored and sent: append only.
enum class Role : std::uint8_t { kMember = 0, kAdmin = 1 };

/// From where on somebody who joins may read. Stored and sent: append only.
enum class HistoryPolicy : std::uint8_t { kJoined = 0, kAll = 1 };

}  // namespace parley
