#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "metrics/histogram.h"

namespace parley::storage::cached {

/// What a key of the shared cache holds: a value, or a marker ("what was here is stale"), or
/// nothing. Versions are at most 2^53 - 1 (the scripts of Redis count in doubles).
struct RemoteFound {
  std::uint64_t version = 0;  ///< 0: nothing
  std::string payload;        ///< empty: nothing, or a marker

  bool operator==(const RemoteFound&) const = default;
};

/// One change of one key. Two kinds of keys: of those with versions of their own (a seq) only
/// kNewer is written, and so a lower version never replaces a higher; of the others, which have
/// none, kUnchanged and kStale, and the cache's own clock counts the versions.
struct RemoteWrite {
  enum class Kind {
    /// Writes `payload` (none: a marker) at `version`, unless what is there has a higher version;
    /// a marker does not replace a value of its own version.
    kNewer,
    /// Writes `payload` if the key is still as it was found, at `version`: nobody wrote since. The
    /// one safe way to fill a key with what was read from the store after it was found empty.
    kUnchanged,
    /// Writes a marker, whatever is there. `version` and `payload` do not matter.
    kStale,
  };

  Kind kind;
  std::string key;
  std::uint64_t version = 0;
  std::string payload;
  std::chrono::milliseconds ttl{};  ///< when the key is gone by itself; positive
};

/// What the client of a shared cache has done.
struct RemoteStats {
  std::uint64_t calls = 0;               ///< sent to the cache
  std::uint64_t errors = 0;              ///< of them, failed or too late
  std::uint64_t skipped = 0;             ///< not sent: no connection, or the queue was full
  std::size_t queued_bytes = 0;          ///< of calls that wait or are under way, about
  std::size_t connected = 0;             ///< servers that answer now
  metrics::Histogram::Snapshot seconds;  ///< from being handed over to being answered
};

/// A cache that several nodes share, by what it does for us. It may lose anything at any time; it
/// answers soon or fails. Any thread; never blocks.
class RemoteCache {
 public:
  virtual ~RemoteCache() = default;

  /// `done` is called once, on some thread, and must only hand over: with what each key holds, in
  /// order; or kUnavailable, at the latest after the deadline of the implementation.
  using Found = UniqueFunction<void(Result<std::vector<RemoteFound>>)>;
  virtual void Get(std::vector<std::string> keys, Found done) = 0;

  /// The same of changes, which are made each for itself, in order. kUnavailable: each may or may
  /// not have been made.
  using Done = UniqueFunction<void(Status)>;
  virtual void Write(std::vector<RemoteWrite> writes, Done done) = 0;

  virtual RemoteStats stats() const = 0;
};

}  // namespace parley::storage::cached
