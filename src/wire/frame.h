#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace parley::wire {

/// A WebSocket text frame that is ready for the socket: the header (RFC 6455, 5.2; final, unmasked)
/// and the JSON behind it. Encoded once, immutable, shared by every session that sends it. Any
/// thread.
class Frame {
 public:
  Frame() = default;
  /// A text frame with `json` as its payload.
  static Frame Text(std::string_view json);

  /// Header and payload.
  std::string_view bytes() const { return {bytes_.get(), size_}; }
  /// The JSON alone.
  std::string_view payload() const { return bytes().substr(header_size_); }
  explicit operator bool() const { return bytes_ != nullptr; }

 private:
  std::shared_ptr<const char[]> bytes_;
  std::uint32_t size_ = 0;
  std::uint8_t header_size_ = 0;
};

}  // namespace parley::wire
