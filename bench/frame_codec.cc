#include "bench/frame_codec.h"

#include <array>
#include <cstring>

namespace parley::bench {
namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kShortPayload = 125;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;
constexpr std::size_t kMaskBytes = 4;

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

std::uint64_t ReadBigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

/// XORs `size` bytes at `data`, eight at a time.
void Mask(char* data, std::size_t size, std::uint32_t mask) {
  const std::uint64_t wide = std::uint64_t{mask} << 32 | mask;
  std::size_t at = 0;
  for (; at + sizeof wide <= size; at += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, data + at, sizeof word);
    word ^= wide;
    std::memcpy(data + at, &word, sizeof word);
  }
  std::array<char, kMaskBytes> key{};
  std::memcpy(key.data(), &mask, sizeof mask);
  for (; at < size; ++at) data[at] = static_cast<char>(data[at] ^ key[at % kMaskBytes]);
}

}  // namespace

void AppendFrame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask) {
  out.push_back(static_cast<char>(kFin | static_cast<std::uint8_t>(opcode)));
  if (payload.size() <= kShortPayload) {
    out.push_back(static_cast<char>(kMasked | payload.size()));
  } else if (payload.size() <= 0xFFFF) {
    out.push_back(static_cast<char>(kMasked | kLength16));
    AppendBigEndian(out, payload.size(), 2);
  } else {
    out.push_back(static_cast<char>(kMasked | kLength64));
    AppendBigEndian(out, payload.size(), 8);
  }
  out.append(reinterpret_cast<const char*>(&mask), sizeof mask);
  const std::size_t start = out.size();
  out.append(payload);
  Mask(out.data() + start, payload.size(), mask);
}

ParsedFrame ParseServerFrame(std::string_view bytes, std::size_t max_payload) {
  ParsedFrame frame;
  if (bytes.size() < 2) return frame;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  frame.opcode = static_cast<Opcode>(first & 0x0F);
  if ((first & 0xF0) != kFin || (second & kMasked) != 0 || frame.opcode == Opcode::kContinuation) {
    frame.state = ParsedFrame::State::kBad;
    return frame;
  }
  std::size_t header = 2;
  std::uint64_t length = second;
  if (second >= kLength16) {
    const std::size_t width = second == kLength16 ? 2 : 8;
    header += width;
    if (bytes.size() < header) return frame;
    length = ReadBigEndian(bytes.substr(2, width));
  }
  if (length > max_payload) {
    frame.state = ParsedFrame::State::kBad;
    return frame;
  }
  if (bytes.size() < header + length) return frame;
  frame.state = ParsedFrame::State::kFrame;
  frame.payload = bytes.substr(header, length);
  frame.size = header + length;
  return frame;
}

int CloseCode(std::string_view payload) {
  constexpr int kNoCode = 1005;
  return payload.size() < 2 ? kNoCode : static_cast<int>(ReadBigEndian(payload.substr(0, 2)));
}

}  // namespace parley::bench
