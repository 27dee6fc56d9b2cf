#include "wire/frame.h"

#include <utility>

namespace parley::wire {
namespace {

constexpr char kFinalText = static_cast<char>(0x81);
constexpr std::size_t kMaxShort = 125;
constexpr std::size_t kMaxMedium = 0xFFFF;
constexpr char kMediumFollows = 126;
constexpr char kLongFollows = 127;

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

}  // namespace

Frame Frame::Text(std::string_view json) {
  constexpr std::size_t kMaxHeader = 10;
  std::string bytes;
  bytes.reserve(kMaxHeader + json.size());
  bytes.push_back(kFinalText);
  if (json.size() <= kMaxShort) {
    bytes.push_back(static_cast<char>(json.size()));
  } else if (json.size() <= kMaxMedium) {
    bytes.push_back(kMediumFollows);
    AppendBigEndian(bytes, json.size(), 2);
  } else {
    bytes.push_back(kLongFollows);
    AppendBigEndian(bytes, json.size(), 8);
  }
  Frame frame;
  frame.header_size_ = static_cast<std::uint8_t>(bytes.size());
  bytes += json;
  frame.bytes_ = std::make_shared<const std::string>(std::move(bytes));
  return frame;
}

}  // namespace parley::wire
