#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/migration/tally.h"

namespace parley::storage::migration {

/// How far a move has come: all before `from` in `kind`, and all kinds before it, are in the
/// target. `kind` is kCount where all of them are.
struct Progress {
  RecordKind kind = RecordKind{};
  std::string from;         ///< RecordPage::next
  std::uint64_t pages = 0;  ///< written so far
  Tallies tallies{};        ///< of what was written so far, as the source has it

  bool all_written() const { return kind == RecordKind::kCount; }
  bool operator==(const Progress&) const = default;
};

/// As a target remembers it. A record as of docs/storage.md: version, kind, from, pages, then count
/// and two sums of 8 bytes for each kind.
std::string Encode(const Progress& progress);
/// kDataLoss where it cannot be understood.
Result<Progress> DecodeProgress(std::string_view bytes);

}  // namespace parley::storage::migration
