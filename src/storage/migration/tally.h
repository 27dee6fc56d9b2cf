#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "storage/transfer.h"

namespace parley::storage::migration {

/// How many records of one kind there are, and what is in them: the same for the same records in
/// any order. The checksum is the sum of the BLAKE2b hashes of the records, so that one that is
/// missing, twice there, or another is found; it is none against who forges records.
class Tally {
 public:
  void Add(const Record& record);

  std::uint64_t count() const { return count_; }
  /// 32 hexadecimal digits.
  std::string checksum() const;
  const std::array<std::uint64_t, 2>& sums() const { return sums_; }

  Tally() = default;
  Tally(std::uint64_t count, const std::array<std::uint64_t, 2>& sums)
      : count_(count), sums_(sums) {}
  bool operator==(const Tally&) const = default;

 private:
  std::uint64_t count_ = 0;
  std::array<std::uint64_t, 2> sums_{};
};

/// One for each kind.
using Tallies = std::array<Tally, kRecordKinds>;

}  // namespace parley::storage::migration
