#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::bench {

// The WebSocket frames (RFC 6455 section 5) that a client of Parley writes and meets, and no more:
// no extensions, and no fragments, since the server sends none. Small, because the generator's CPU
// must not be what is measured.

enum class Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

/// Appends one whole frame, masked with `mask` as a client's must be.
void AppendFrame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask);

struct ParsedFrame {
  enum class State { kNeedMore, kFrame, kBad };
  State state = State::kNeedMore;
  Opcode opcode = Opcode::kText;
  std::string_view payload;  ///< into the bytes that were parsed
  std::size_t size = 0;      ///< of the whole frame
};

/// The server's frame at the start of `bytes`. kBad: masked, fragmented, with reserved bits, or
/// over `max_payload` bytes.
ParsedFrame ParseServerFrame(std::string_view bytes, std::size_t max_payload);

/// The code of a close frame's payload; 1005 where it has none (RFC 6455 section 7.1.5).
int CloseCode(std::string_view payload);

}  // namespace parley::bench
