#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley::net {

/// Counts, in a stream of WebSocket frames (RFC 6455, 5.2), those that a peer can send without ever
/// ending a message: pings, pongs, and fragments that are not the last of theirs. Whoever sends
/// them in a flood has the server work and hands it nothing that the rules of a session could see.
///
/// Reads lengths alone; whether the frames are valid is for others to say.
class FrameMeter {
 public:
  /// The next bytes of the stream; answers how many such frames began in them.
  std::size_t Take(std::string_view bytes);

 private:
  /// Two bytes, a length of up to eight, and the mask's four.
  static constexpr std::size_t kLongestHeader = 14;

  std::size_t HeaderSize() const;
  std::uint64_t PayloadSize() const;

  std::array<unsigned char, kLongestHeader> header_{};
  std::size_t have_ = 0;       // bytes of the header so far
  std::uint64_t payload_ = 0;  // that are still to come of this frame
};

}  // namespace parley::net
