#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace parley::wire {

/// Takes a stored record apart, byte by byte, and never reads beyond it. After the first error all
/// that it reads is empty or zero, and Finish answers the error. The bytes outlive it.
class RecordReader {
 public:
  /// `version` is the only one that is understood; `what` (a literal) names the record in the
  /// error.
  RecordReader(std::string_view bytes, std::uint8_t version, std::string_view what)
      : rest_(bytes), what_(what) {
    if (Byte() != version) Fail("its version is not known");
  }

  std::uint8_t Byte() {
    const std::string_view byte = Bytes(1);
    return byte.empty() ? 0 : static_cast<std::uint8_t>(byte.front());
  }

  /// A varint (LEB128) of 64 bits.
  std::uint64_t Number() {
    // Most are of one byte.
    if (!rest_.empty() && static_cast<std::uint8_t>(rest_.front()) < 0x80) return Byte();
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = Byte();
      const std::uint64_t bits = byte & 0x7F;
      if (shift == 63 && bits > 1) break;
      value |= bits << shift;
      if ((byte & 0x80) == 0) return value;
    }
    Fail("a number of it is too large");
    return 0;
  }

  /// A byte from 0 to `last`.
  std::uint8_t Enum(std::uint8_t last) {
    const std::uint8_t byte = Byte();
    if (byte <= last) return byte;
    Fail("a value of it is not known");
    return 0;
  }

  /// The number of items that follow, each of `min_item_bytes` at least: never more than there is
  /// room for.
  std::uint64_t Size(std::size_t min_item_bytes) {
    const std::uint64_t size = Number();
    if (size <= rest_.size() / min_item_bytes) return size;
    Fail(kShort);
    return 0;
  }

  /// So many bytes, or none.
  std::string_view Bytes(std::uint64_t size) {
    if (size > rest_.size()) {
      Fail(kShort);
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  /// Whether the record ends here: an older program knew no more fields.
  bool AtEnd() const { return rest_.empty(); }

  /// Notes an error (a literal) of the caller's, unless there is one.
  void Fail(const char* error) {
    if (error_ == nullptr) error_ = error;
    rest_ = {};
  }

  /// kDataLoss if there was an error.
  Status Finish() const {
    if (error_ != nullptr) return DataLoss("a stored " + std::string(what_) + ": " + error_);
    return Status::Ok();
  }
  /// `value`, which was made of what was read, or the error.
  template <class T>
  Result<T> Finish(T value) const {
    PARLEY_TRY(Finish());
    return value;
  }

 private:
  static constexpr const char* kShort = "it ends too early";

  std::string_view rest_;
  std::string_view what_;
  const char* error_ = nullptr;
};

}  // namespace parley::wire
