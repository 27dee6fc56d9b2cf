#include "wire/frame.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace parley::wire {
namespace {

constexpr char kFinalText = static_cast<char>(0x81);
constexpr std::size_t kMaxShort = 125;
constexpr std::size_t kMaxMedium = 0xFFFF;
constexpr char kMediumFollows = 126;
constexpr char kLongFollows = 127;

constexpr std::size_t kMaxHeader = 10;
using Header = std::array<char, kMaxHeader>;

char* PutBigEndian(char* at, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    *at++ = static_cast<char>(value >> shift);
  return at;
}

/// Answers how long it is.
std::size_t PutHeader(std::size_t payload_size, Header& header) {
  char* at = header.data();
  *at++ = kFinalText;
  if (payload_size <= kMaxShort) {
    *at++ = static_cast<char>(payload_size);
  } else if (payload_size <= kMaxMedium) {
    *at++ = kMediumFollows;
    at = PutBigEndian(at, payload_size, 2);
  } else {
    *at++ = kLongFollows;
    at = PutBigEndian(at, payload_size, 8);
  }
  return static_cast<std::size_t>(at - header.data());
}

}  // namespace

Frame Frame::Text(std::string_view json) {
  Header header;
  const std::size_t header_size = PutHeader(json.size(), header);
  auto bytes = std::make_shared_for_overwrite<char[]>(header_size + json.size());
  std::copy_n(header.data(), header_size, bytes.get());
  std::copy_n(json.data(), json.size(), bytes.get() + header_size);
  Frame frame;
  frame.bytes_ = std::move(bytes);
  frame.size_ = static_cast<std::uint32_t>(header_size + json.size());
  frame.header_size_ = static_cast<std::uint8_t>(header_size);
  return frame;
}

}  // namespace parley::wire
