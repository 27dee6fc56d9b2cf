#include "base/uuid.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/random.h"

namespace parley {
namespace {

/// Both digits of each byte, one behind the other.
constexpr std::array<char, 512> kHexPairs = [] {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = kDigits[byte >> 4];
    pairs[2 * byte + 1] = kDigits[byte & 0x0F];
  }
  return pairs;
}();

constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kHexValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 10; ++i) values['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) values['a' + i] = values['A' + i] = 10 + i;
  return values;
}();

/// Where each byte has its two digits in the canonical form.
constexpr std::array<std::uint8_t, Uuid::kSize> kPlaces = {0,  2,  4,  6,  9,  11, 14, 16,
                                                           19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::array<std::size_t, 4> kDashes = {8, 13, 18, 23};

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

std::optional<TimePoint> Uuid::MadeAt() const {
  if ((bytes_[6] & 0xF0) != 0x70 || (bytes_[8] & 0xC0) != 0x80) return std::nullopt;
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | bytes_[i];
  return FromMillis(ms);
}

std::optional<Uuid> Uuid::Parse(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  for (const std::size_t dash : kDashes) {
    if (text[dash] != '-') return std::nullopt;
  }
  Bytes bytes;
  std::uint8_t wrong = 0;
  for (std::size_t i = 0; i < kSize; ++i) {
    const std::uint8_t high = kHexValues[static_cast<std::uint8_t>(text[kPlaces[i]])];
    const std::uint8_t low = kHexValues[static_cast<std::uint8_t>(text[kPlaces[i] + 1])];
    wrong |= (high | low) & 0xF0;  // of kNoDigit alone
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return wrong == 0 ? std::optional(Uuid(bytes)) : std::nullopt;
}

Uuid Uuid::FromBytes(std::string_view source) {
  Bytes bytes;
  std::copy_n(source.begin(), kSize, bytes.begin());
  return Uuid(bytes);
}

std::string Uuid::ToString() const {
  std::string text(kTextSize, '\0');
  PutText(text.data());
  return text;
}

char* Uuid::PutText(char* at) const {
  for (const std::size_t dash : kDashes) at[dash] = '-';
  for (std::size_t i = 0; i < kSize; ++i) {
    std::memcpy(at + kPlaces[i], &kHexPairs[std::size_t{2} * bytes_[i]], 2);
  }
  return at + kTextSize;
}

}  // namespace parley
