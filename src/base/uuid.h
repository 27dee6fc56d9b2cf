#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace parley {

class Random;

/// A UUID (RFC 9562) as its 16 bytes, in network order. The nil UUID is the default.
class Uuid {
 public:
  static constexpr std::size_t kSize = 16;
  static constexpr std::size_t kTextSize = 36;
  using Bytes = std::array<std::uint8_t, kSize>;

  constexpr Uuid() = default;
  constexpr explicit Uuid(const Bytes& bytes) : bytes_(bytes) {}

  /// Version 7: 48 bits of `now`, the rest random; sorts by time of making.
  static Uuid Version7(TimePoint now, Random& random);
  /// Version 8 from 16 bytes of somebody's making (a keyed hash): sets version and variant.
  static Uuid Version8(std::span<const std::uint8_t, kSize> bytes);
  /// Accepts the canonical form only, in either case: 8-4-4-4-12 hexadecimal digits.
  static std::optional<Uuid> Parse(std::string_view text);
  /// The 16 bytes at the start of `bytes`, which must hold as many.
  static Uuid FromBytes(std::string_view bytes);

  /// Canonical, in lower case.
  std::string ToString() const;
  /// The same, kTextSize characters, to `at`; answers the place behind them.
  char* PutText(char* at) const;
  const Bytes& bytes() const { return bytes_; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), kSize}; }
  /// When it was made, by the clock of who made it; nothing but of version 7.
  std::optional<TimePoint> MadeAt() const;
  bool IsNil() const { return *this == Uuid(); }

  auto operator<=>(const Uuid&) const = default;

 private:
  Bytes bytes_{};
};

/// A UUID that names one kind of thing: `using UserId = Id<struct UserTag>`. Ids of different
/// kinds do not mix.
template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(Uuid uuid) : uuid_(uuid) {}

  static std::optional<Id> Parse(std::string_view text) {
    std::optional<Uuid> uuid = Uuid::Parse(text);
    return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
  }

  const Uuid& uuid() const { return uuid_; }
  std::string ToString() const { return uuid_.ToString(); }
  std::string_view view() const { return uuid_.view(); }
  bool IsNil() const { return uuid_.IsNil(); }

  auto operator<=>(const Id&) const = default;

 private:
  Uuid uuid_;
};

struct UuidHash {
  std::size_t operator()(const Uuid& uuid) const {
    // Both halves: version 7 ids share their first bytes, chosen ones may share any.
    std::uint64_t halves[2];
    std::memcpy(halves, uuid.bytes().data(), sizeof halves);
    return static_cast<std::size_t>(halves[0] * 0x9E3779B97F4A7C15ULL ^ halves[1]);
  }
};

}  // namespace parley

template <>
struct std::hash<parley::Uuid> : parley::UuidHash {};

template <class Tag>
struct std::hash<parley::Id<Tag>> {
  std::size_t operator()(const parley::Id<Tag>& id) const { return parley::UuidHash()(id.uuid()); }
};
