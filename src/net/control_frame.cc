#include "net/control_frame.h"

namespace parley::net {
namespace {

constexpr char kPingFrameStart = static_cast<char>(0x89);
/// RFC 6455, 5.5: the payload of a control frame has at most 125 bytes, of which the code takes
/// two.
constexpr std::size_t kMaxReason = 123;

std::string_view CutToCharacter(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  // A byte 10xxxxxx continues a character of UTF-8.
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

std::string EncodeClose(CloseCode code, std::string_view reason) {
  const std::string_view fitting = CutToCharacter(reason, kMaxReason);
  const auto number = static_cast<unsigned>(code);
  std::string frame;
  frame.push_back(kCloseFrameStart);
  frame.push_back(static_cast<char>(fitting.size() + 2));
  frame.push_back(static_cast<char>(number >> 8U));
  frame.push_back(static_cast<char>(number & 0xFFU));
  frame += fitting;
  return frame;
}

std::uint16_t CloseCodeOf(std::string_view frame) {
  if (frame.size() < 4) return 0;
  const auto byte = [&](std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(frame[at]));
  };
  return static_cast<std::uint16_t>(byte(2) << 8U | byte(3));
}

std::string EncodePing() { return {kPingFrameStart, '\0'}; }

}  // namespace parley::net
