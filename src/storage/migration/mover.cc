#include "storage/migration/mover.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <sodium.h>

#include <fmt/format.h>

#include "storage/migration/progress.h"

namespace parley::storage::migration {
namespace {

constexpr std::chrono::milliseconds kLongestWait{10'000};

Status Interrupted() {
  return {StatusCode::kCancelled, "interrupted: run the same command again, and it goes on"};
}

bool MayPass(const Status& status) {
  return status.code() == StatusCode::kUnavailable || status.code() == StatusCode::kUnknown;
}

const Status& StatusOf(const Status& status) { return status; }
template <class T>
Status StatusOf(const Result<T>& result) {
  return result.status();
}

class Moving {
 public:
  Moving(Exporter& source, Importer& target, MoveOptions options)
      : source_(source), target_(target), options_(std::move(options)) {}

  Result<MoveReport> Run() {
    MoveReport report;
    PARLEY_TRY(Begin(report));
    PARLEY_TRY(Copy());
    PARLEY_TRY(Verify());
    PARLEY_TRY(Patiently([this] { return target_.Finish(); }));
    report.tallies = progress_.tallies;
    for (const Tally& tally : report.tallies) report.records += tally.count();
    return report;
  }

 private:
  /// Marks the target, or finds where an earlier move was.
  Status Begin(MoveReport& report) {
    PARLEY_ASSIGN(const std::optional<ImportState> state,
                  Patiently([this] { return target_.ReadState(); }));
    if (!state) return Patiently([this] { return target_.Begin(source_.identity()); });
    if (state->finished) {
      return Conflict(state->source == source_.identity()
                          ? "all is moved already: start the servers"
                          : "other data were moved into the target already: choose one that is "
                            "empty");
    }
    if (state->source != source_.identity()) {
      return Conflict(
          "the target is half moved from other data, or the source was changed since (has a server "
          "run on it?): empty the target (DROP KEYSPACE) and begin anew");
    }
    report.went_on = true;
    if (state->progress.empty()) return Status::Ok();
    PARLEY_ASSIGN(progress_, DecodeProgress(state->progress));
    return Status::Ok();
  }

  Status Copy() {
    while (!progress_.all_written()) {
      PARLEY_TRY(CopyPage());
      if (options_.stop.stop_requested() && !progress_.all_written()) return Interrupted();
    }
    return Status::Ok();
  }

  Status CopyPage() {
    const RecordKind kind = progress_.kind;
    PARLEY_ASSIGN(RecordPage page,
                  Patiently([this, kind] { return source_.Read(kind, progress_.from); }));
    if (!page.records.empty()) {
      PARLEY_TRY(Patiently([&] { return target_.Write(kind, page.records); }));
    }
    Tally& tally = progress_.tallies.at(static_cast<std::size_t>(kind));
    for (const Record& record : page.records) tally.Add(record);
    const bool kind_done = page.next.empty();
    if (kind_done) progress_.kind = static_cast<RecordKind>(static_cast<std::uint8_t>(kind) + 1);
    progress_.from = std::move(page.next);
    ++progress_.pages;
    // Of kinds without records nothing need be remembered: they are looked at again.
    if (!page.records.empty() || progress_.all_written()) PARLEY_TRY(Save());
    Tell({.step = Step::kCopying, .kind = kind, .records = tally.count(), .kind_done = kind_done});
    return Status::Ok();
  }

  Status Save() {
    return Patiently([this] { return target_.SaveProgress(Encode(progress_), progress_.pages); });
  }

  Status Verify() {
    std::string differences;
    for (std::size_t i = 0; i < kRecordKinds; ++i) {
      const auto kind = static_cast<RecordKind>(i);
      PARLEY_ASSIGN(const Tally found, ReadBack(kind));
      const Tally& written = progress_.tallies.at(i);
      if (found == written) continue;
      differences +=
          fmt::format("{}{}: {} written, checksum {}; {} found, checksum {}",
                      differences.empty() ? "" : "; ", RecordKindName(kind), written.count(),
                      written.checksum(), found.count(), found.checksum());
    }
    if (differences.empty()) return Status::Ok();
    return DataLoss(fmt::format(
        "what is in the target is not what was written to it ({}). Has something else written to "
        "it? Empty the target (DROP KEYSPACE) and begin anew; the source is as it was",
        differences));
  }

  Result<Tally> ReadBack(RecordKind kind) {
    Tally tally;
    std::string from;
    do {
      PARLEY_ASSIGN(RecordPage page, Patiently([&] { return target_.written().Read(kind, from); }));
      for (const Record& record : page.records) tally.Add(record);
      from = std::move(page.next);
      Tell({.step = Step::kVerifying,
            .kind = kind,
            .records = tally.count(),
            .kind_done = from.empty()});
      if (options_.stop.stop_requested()) return Interrupted();
    } while (!from.empty());
    return tally;
  }

  /// Tries again what may pass.
  template <class Call>
  auto Patiently(Call call) -> decltype(call()) {
    std::chrono::milliseconds wait = options_.first_wait;
    for (int attempt = 1;; ++attempt) {
      auto answer = call();
      if (!MayPass(StatusOf(answer)) || attempt >= options_.attempts) return answer;
      if (!Wait(wait)) return Interrupted();
      wait = std::min(wait * 2, kLongestWait);
    }
  }

  /// Whether the time passed before it was told to stop.
  bool Wait(std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    return !stopped.wait_for(lock, options_.stop, time,
                             [this] { return options_.stop.stop_requested(); });
  }

  void Tell(const MoveProgress& progress) {
    if (options_.tell) options_.tell(progress);
  }

  Exporter& source_;
  Importer& target_;
  MoveOptions options_;
  Progress progress_;
};

}  // namespace

Result<MoveReport> Move(Exporter& source, Importer& target, MoveOptions options) {
  if (sodium_init() < 0) return Internal("libsodium cannot be used on this machine");
  return Moving(source, target, std::move(options)).Run();
}

}  // namespace parley::storage::migration
