#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

#include "base/function.h"
#include "base/result.h"
#include "storage/migration/tally.h"
#include "storage/transfer.h"

/// Moves all that one store holds into another, and makes sure that it is there.
namespace parley::storage::migration {

/// What a move does now.
enum class Step : std::uint8_t { kCopying, kVerifying };

struct MoveProgress {
  Step step = Step::kCopying;
  RecordKind kind = RecordKind{};
  std::uint64_t records = 0;  ///< of that kind, in this step so far
  bool kind_done = false;
};

struct MoveOptions {
  /// Ends the move between two pages.
  std::stop_token stop = {};
  /// Told after each page, on the calling thread. May be null.
  UniqueFunction<void(const MoveProgress&)> tell = nullptr;
  /// How often what the target cannot do now is tried again, and how long the first wait lasts;
  /// each further one lasts twice as long, up to ten seconds.
  int attempts = 8;
  std::chrono::milliseconds first_wait{250};
};

struct MoveReport {
  Tallies tallies{};          ///< of each kind, the same in source and target
  std::uint64_t records = 0;  ///< of all kinds
  bool went_on = false;       ///< what an earlier call had begun
};

/// Copies all records page by page, remembering in the target how far it is; then reads all back
/// and compares counts and checksums with the source's; then lets the target be used. Blocks, from
/// no shard. Whatever ends it before, it may be called again and goes on where it was, as long as
/// the source is the same. The errors say what to do:
///
/// - kConflict: the target is not empty, holds another move, or was moved into already;
/// - kCancelled: `stop` was requested;
/// - kUnavailable, kUnknown: source or target cannot do it now, even after all attempts;
/// - kDataLoss: a record of the source is damaged (nothing of its page was written), or what is in
///   the target is not what was written to it.
Result<MoveReport> Move(Exporter& source, Importer& target, MoveOptions options);

}  // namespace parley::storage::migration
