// `parleyd migrate`: moves what a stopped server keeps on this machine into the cluster of a fleet.

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <sys/stat.h>

#include <fmt/core.h>

#include "app/commands.h"
#include "app/signal_watch.h"
#include "app/store_parts.h"
#include "storage/cassandra/importer.h"
#include "storage/migration/mover.h"
#include "storage/rocks/exporter.h"

namespace parley::app {
namespace {

using storage::RecordKind;
using storage::RecordKindName;
using storage::migration::MoveOptions;
using storage::migration::MoveProgress;
using storage::migration::MoveReport;
using storage::migration::Step;

/// Between two lines that tell how far it is, within one kind of records.
constexpr std::chrono::seconds kTellEvery{2};
/// Making the tables takes its time on a cluster that has just begun.
constexpr int kOpenAttempts = 3;

/// The store's own folder in a data folder.
Result<std::filesystem::path> StoreOf(const std::string& from) {
  const std::filesystem::path folder(from);
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return NotFound(fmt::format(
        "--from {}: there is no such folder, or it cannot be read: give the data_dir of a server",
        from));
  }
  if (std::filesystem::exists(folder / "store" / "CURRENT", error)) return folder / "store";
  if (error) {
    return Unavailable(fmt::format("--from {}: {}: run this as the user whom the data belong to",
                                   from, error.message()));
  }
  if (std::filesystem::exists(folder / "CURRENT", error)) {
    return InvalidArgument(fmt::format(
        "--from {}: this is a store itself: give the folder that it is in, the data_dir", from));
  }
  return NotFound(fmt::format(
      "--from {}: no server has kept its data there (there is no \"store\" in it): give its "
      "data_dir, as `parleyd config print` shows it",
      from));
}

Status CheckTarget(const Config& config) {
  if (config.storage.engine == StorageEngine::kCassandra) return Status::Ok();
  return InvalidArgument(
      "the configuration of --to must have storage.engine = \"cassandra\": data are moved into a "
      "cluster alone. To move them to another machine or folder, stop the server and copy its "
      "data_dir, or use `parleyd backup`");
}

Result<std::unique_ptr<storage::Importer>> OpenTarget(const Config& config,
                                                      const std::stop_token& stop) {
  for (int attempt = 1;; ++attempt) {
    Result<std::unique_ptr<storage::Importer>> target =
        storage::cassandra::OpenImporter(ClusterOptionsOf(config.storage.cassandra, nullptr, stop));
    const StatusCode code = target.status().code();
    // A node may not know tables yet that were made just now.
    const bool may_pass = code == StatusCode::kUnavailable || code == StatusCode::kInternal;
    if (stop.stop_requested())
      return Status(StatusCode::kCancelled, "interrupted: nothing was moved");
    if (!may_pass || attempt == kOpenAttempts) return target;
    fmt::print(stderr, "trying again: {}\n", target.status().message());
  }
}

/// Says what the move does, a line now and then.
class Teller {
 public:
  void operator()(const MoveProgress& progress) {
    if (progress.step == Step::kVerifying && !std::exchange(verifying_, true)) {
      Say("all is copied; reading it back\n");
    }
    if (progress.records == 0) return;
    const auto now = std::chrono::steady_clock::now();
    if (!progress.kind_done && now < told_ + kTellEvery) return;
    told_ = now;
    Say(fmt::format("{} {}: {}{}\n", progress.step == Step::kCopying ? "copying" : "reading back",
                    RecordKindName(progress.kind), progress.records,
                    progress.kind_done ? "" : " ..."));
  }

 private:
  static void Say(const std::string& text) {
    fmt::print("{}", text);
    std::fflush(stdout);
  }

  bool verifying_ = false;
  std::chrono::steady_clock::time_point told_;
};

void PrintReport(const MoveReport& report, const std::string& from, const std::string& to) {
  fmt::print("\n{:<18} {:>12}  checksum, the same in both\n", "", "records");
  for (std::size_t i = 0; i < storage::kRecordKinds; ++i) {
    const storage::migration::Tally& tally = report.tallies.at(i);
    fmt::print("{:<18} {:>12}  {}\n", RecordKindName(static_cast<RecordKind>(i)), tally.count(),
               tally.checksum());
  }
  fmt::print(
      "\nAll {} records of {} are moved and verified. {} is as it was: keep it until you trust the "
      "cluster, and start no server on it any more.\n"
      "Next: start the servers with --config {}\n",
      report.records, from, from, to);
}

Status Migrate(const Config& config, const std::string& from, const std::string& to,
               const std::stop_token& stop) {
  PARLEY_TRY(CheckTarget(config));
  PARLEY_ASSIGN(const std::filesystem::path store, StoreOf(from));
  PARLEY_ASSIGN(const std::unique_ptr<storage::Exporter> source,
                storage::rocks::OpenExporter(store));
  PARLEY_ASSIGN(const std::unique_ptr<storage::Importer> target, OpenTarget(config, stop));
  fmt::print("moving {} into the keyspace {} (stop with Ctrl-C; run it again to go on)\n", from,
             config.storage.cassandra.keyspace);
  std::fflush(stdout);
  MoveOptions options;
  options.stop = stop;
  options.tell = Teller();
  PARLEY_ASSIGN(const MoveReport report,
                storage::migration::Move(*source, *target, std::move(options)));
  PrintReport(report, from, to);
  return Status::Ok();
}

}  // namespace

int RunMigrate(const Config& config, const std::string& from, const std::string& to) {
  ::umask(S_IRWXG | S_IRWXO);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::stop_source stop;
  const SignalWatch watch([&stop](int /*signal*/) { stop.request_stop(); });
  const Status moved = Migrate(config, from, to, stop.get_token());
  if (moved.ok()) return 0;
  fmt::print(stderr, "parleyd migrate: {}\n", moved.message());
  return 1;
}

}  // namespace parley::app
