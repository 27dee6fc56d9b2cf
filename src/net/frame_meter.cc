#include "net/frame_meter.h"

#include <algorithm>

namespace parley::net {
namespace {

constexpr unsigned kFinal = 0x80;
constexpr unsigned kControl = 0x08;
constexpr unsigned kOpcode = 0x0F;
constexpr unsigned kCloseOpcode = 0x08;
constexpr unsigned kMasked = 0x80;
constexpr unsigned kLength = 0x7F;

bool EndsNoMessage(unsigned first) {
  if ((first & kControl) != 0) return (first & kOpcode) != kCloseOpcode;
  return (first & kFinal) == 0;
}

}  // namespace

std::size_t FrameMeter::HeaderSize() const {
  if (have_ < 2) return 2;
  const unsigned length = header_[1] & kLength;
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  return 2 + more + ((header_[1] & kMasked) != 0 ? 4 : 0);
}

std::uint64_t FrameMeter::PayloadSize() const {
  const unsigned length = header_[1] & kLength;
  if (length < 126) return length;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < (length == 126 ? 2U : 8U); ++i) size = size << 8U | header_[2 + i];
  return size;
}

std::size_t FrameMeter::Take(std::string_view bytes) {
  std::size_t counted = 0;
  while (!bytes.empty()) {
    if (payload_ > 0) {
      const std::uint64_t skipped = std::min<std::uint64_t>(payload_, bytes.size());
      payload_ -= skipped;
      bytes.remove_prefix(static_cast<std::size_t>(skipped));
      continue;
    }
    if (have_ == 0 && EndsNoMessage(static_cast<unsigned char>(bytes.front()))) ++counted;
    header_[have_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (have_ < HeaderSize()) continue;
    payload_ = PayloadSize();
    have_ = 0;
  }
  return counted;
}

}  // namespace parley::net
