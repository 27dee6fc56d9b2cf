#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/completer.h"
#include "storage/conversation_store.h"

namespace parley::storage::memory {

/// The reads of the stores, by what they read.
enum class ReadKind : std::size_t {
  kApplied,
  kActive,
  kEntries,
  kMessages,
  kSnapshot,
  kSnapshots,
  kSent,
  kMemberships,
  kMembership,
  kPositions,
  kMentions,
  kUser,
  kUsers,
  kUserByName,
  kSearch,
  kPasswordHash,
  kSession,
  kSessions,
  kSetting,
  kCount,
};

/// Whether an append that is made to fail is written all the same.
enum class Written { kNo, kYes };

/// What somebody hears of an append that stopped on its way.
enum class StoppedAnswer {
  kUnknown,  ///< the store did not answer in time
  kNever,    ///< nothing: they are dead
};

/// What a test can do to the fake: hold its commits and reads, make them fail, and count them.
/// Any thread.
class Controls {
 public:
  Controls() = default;
  Controls(const Controls&) = delete;
  Controls& operator=(const Controls&) = delete;

  // -- Appends ------------------------------------------------------------------------------------

  /// From now on commits wait, as behind a long fsync, until released. Nothing of them is visible.
  void HoldCommits();
  void ReleaseCommits();
  /// The next append without such an order is answered `outcome` (not kCommitted). Only a kUnknown
  /// one may have been written.
  void FailNextAppend(AppendOutcome outcome, Written written = Written::kNo);
  /// Only for a store in its distributed form: the next append without such an order ends after
  /// `steps` steps. The first lists the conversation as active, the second writes the entries,
  /// where it was asked for the third answers kLogged; then come the rows that follow, one by one,
  /// and at the end the watermark. One that has no more steps is committed as always.
  void StopNextAppend(std::size_t steps, StoppedAnswer answer);
  /// How many appends were stopped so.
  std::size_t stopped_appends() const { return stopped_appends_; }
  /// Appends that were taken and not yet answered, but for those that never are.
  std::size_t appends_under_way() const { return appends_under_way_; }

  // -- Reads --------------------------------------------------------------------------------------

  /// From now on reads see what is there, and give their answer only when released.
  void HoldReads();
  void ReleaseReads();
  std::size_t held_reads() const;
  /// From now on reads answer `status`; OK ends it.
  void FailReads(Status status);
  /// How many reads of that kind there were.
  std::uint64_t reads(ReadKind kind) const { return counts_[static_cast<std::size_t>(kind)]; }

  // -- For the stores -----------------------------------------------------------------------------

  struct Failure {
    AppendOutcome outcome;
    Written written;
  };

  void AppendTaken() { ++appends_under_way_; }
  void AppendAnswered() { --appends_under_way_; }
  /// Blocks while commits are held.
  void AwaitCommit();
  std::optional<Failure> TakeFailure();
  struct Stop {
    std::size_t steps;
    StoppedAnswer answer;
  };
  std::optional<Stop> TakeStop();
  void AppendStopped() { ++stopped_appends_; }

  /// Answers a read with `value`, unless reads fail or are held. Does not suspend otherwise.
  template <class T>
  runtime::Task<Result<T>> Answer(ReadKind kind, Result<T> value) {
    ++counts_[static_cast<std::size_t>(kind)];
    if (interfering_) PARLEY_CO_TRY(co_await Interfere());
    co_return value;
  }

 private:
  runtime::Task<Status> Interfere();

  std::atomic<std::size_t> appends_under_way_{0};
  std::atomic<std::size_t> stopped_appends_{0};
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(ReadKind::kCount)> counts_{};
  std::atomic<bool> interfering_{false};  ///< reads are held or fail

  mutable std::mutex mutex_;
  std::condition_variable commits_released_;
  bool commits_held_ = false;                           // guarded by mutex_
  std::deque<Failure> failures_;                        // guarded by mutex_
  std::deque<Stop> stops_;                              // guarded by mutex_
  bool reads_held_ = false;                             // guarded by mutex_
  Status read_status_;                                  // guarded by mutex_
  std::vector<runtime::Completer<Status>> held_reads_;  // guarded by mutex_
};

}  // namespace parley::storage::memory
