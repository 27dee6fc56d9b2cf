#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/websocket.h"

namespace parley::net {

/// The first byte of a close frame (RFC 6455, 5.2): final, opcode 8.
inline constexpr char kCloseFrameStart = static_cast<char>(0x88);

/// An unmasked close frame. `reason` is cut to what a control frame holds, at the end of a
/// character.
std::string EncodeClose(CloseCode code, std::string_view reason);

/// The code of an unmasked close frame; 0 if it has none.
std::uint16_t CloseCodeOf(std::string_view frame);

/// An unmasked ping without payload.
std::string EncodePing();

}  // namespace parley::net
