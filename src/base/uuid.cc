#include "base/uuid.h"

#include <algorithm>

#include "base/random.h"

namespace parley {
namespace {

constexpr char kHex[] = "0123456789abcdef";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsDash(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

void SetVersion(Uuid::Bytes& bytes, std::uint8_t version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | (version << 4));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
}

}  // namespace

Uuid Uuid::Version7(TimePoint now, Random& random) {
  Bytes bytes;
  random.Fill(std::span(bytes).subspan<6>());
  auto ms = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (int i = 5; i >= 0; --i, ms >>= 8) {
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms);
  }
  SetVersion(bytes, 7);
  return Uuid(bytes);
}

Uuid Uuid::Version8(std::span<const std::uint8_t, kSize> source) {
  Bytes bytes;
  std::copy(source.begin(), source.end(), bytes.begin());
  SetVersion(bytes, 8);
  return Uuid(bytes);
}

std::optional<Uuid> Uuid::Parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Bytes bytes{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsDash(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    std::uint8_t& byte = bytes[digits / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++digits;
  }
  return Uuid(bytes);
}

Uuid Uuid::FromBytes(std::string_view source) {
  Bytes bytes;
  std::copy_n(source.begin(), kSize, bytes.begin());
  return Uuid(bytes);
}

std::string Uuid::ToString() const {
  std::string text(36, '-');
  std::size_t digit = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsDash(i)) continue;
    const std::uint8_t byte = bytes_[digit / 2];
    text[i] = kHex[digit % 2 == 0 ? byte >> 4 : byte & 0x0F];
    ++digit;
  }
  return text;
}

}  // namespace parley
