#include "bench/history.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/clock.h"
#include "bench/fill_run.h"
#include "bench/page_load.h"
#include "bench/setup.h"
#include "bench/workload.h"
#include "client/http_client.h"

namespace parley::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPageMessages = 50;
constexpr std::size_t kReaders = 200;
/// Messages before each restart; a tenth of a small store.
constexpr std::uint64_t kBurst = 100'000;
constexpr double kMicro = 1e6;

/// Bytes of the files of a folder whose names end so.
double FileBytes(const fs::path& folder, std::string_view ending) {
  double bytes = 0;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ending) continue;
    const std::uintmax_t size = entry.file_size(error);
    if (!error) bytes += static_cast<double>(size);
  }
  return bytes;
}

class HistoryRun {
 public:
  HistoryRun(const Options& options, const Servers& servers, const std::atomic<bool>& stop)
      : options_(options), servers_(servers), stop_(stop) {}

  Result<StepReport> Run() {
    PARLEY_TRY(ReadOrSetUp());
    PARLEY_TRY(FillUp());
    if (options_.fill_only || stop_) return std::move(report_);
    servers_.AwaitRest(stop_);
    PARLEY_TRY(ConnectReaders());
    std::mt19937_64 random(options_.seed);
    PARLEY_TRY(Pages("random_page", [&](const Room& room) { return RandomPage(room, random); }));
    PARLEY_TRY(Pages("last_page", LastPage));
    PARLEY_TRY(Sends());
    PARLEY_TRY(Restart());
    NoteDisk();
    return std::move(report_);
  }

 private:
  std::string PlanFile() const {
    return options_.data_dir.empty() ? "" : options_.data_dir + "/people-and-conversations";
  }

  Status ReadOrSetUp() {
    if (!PlanFile().empty()) plan_ = ReadPlan(PlanFile());
    if (plan_.rooms.empty()) {
      PARLEY_ASSIGN(plan_, SetUp(options_, servers_.first()));
      if (!PlanFile().empty()) PARLEY_TRY(WritePlan(PlanFile(), plan_));
    }
    return RefreshRooms(servers_.first(), plan_, ShowSetup(options_, "heads"));
  }

  /// All changes of these conversations are messages but the first of each, which made it.
  std::uint64_t Stored() const {
    std::uint64_t stored = 0;
    for (const Room& room : plan_.rooms) stored += room.last_seq - 1;
    return stored;
  }

  Status FillUp() {
    const std::uint64_t there = Stored();
    Step& step = report_.Of("fill");
    if (there < options_.stored) {
      const std::uint64_t missing = options_.stored - there;
      PARLEY_ASSIGN(const Outcome filled, Fill(options_, plan_, missing, servers_, stop_));
      step.latency = filled.found.ack;
      step.seconds = static_cast<double>(filled.to.at_ns - filled.from.at_ns) /
                     static_cast<double>(kNsPerSecond);
      step.server_cpu_s = filled.ServerCpuS().value_or(0);
      step.figures.emplace_back("messages_per_s", static_cast<double>(missing) / step.seconds);
      PARLEY_TRY(RefreshRooms(servers_.first(), plan_, ShowSetup(options_, "heads")));
    }
    step.figures.emplace_back("stored", static_cast<double>(Stored()));
    return Status::Ok();
  }

  /// Right behind a burst of messages, so that there is a log to be read again.
  Status Restart() {
    Step& step = report_.Of("restart");
    const std::uint64_t burst = std::max<std::uint64_t>(std::min(kBurst, options_.stored / 10), 1);
    for (std::size_t n = 0; n < options_.restarts && !stop_; ++n) {
      PARLEY_TRY(Fill(options_, plan_, burst, servers_, stop_).status());
      servers_.spawned()->Kill();
      PARLEY_ASSIGN(const auto ready, servers_.spawned()->StartAgain());
      step.latency.Record(static_cast<std::uint64_t>(ready.count()));
      PARLEY_TRY(RefreshRooms(servers_.first(), plan_, ShowSetup(options_, "heads")));
    }
    step.figures.emplace_back("messages_before_each", static_cast<double>(burst));
    return Status::Ok();
  }

  static std::string LastPage(const Room& room) {
    return fmt::format("/v1/conversations/{}/messages?limit={}", room.id, kPageMessages);
  }

  /// The page before a seq that nobody has asked for; the same ones for the same seed.
  static std::string RandomPage(const Room& room, std::mt19937_64& random) {
    return LastPage(room) + fmt::format("&before={}", 1 + random() % (room.last_seq + 1));
  }

  /// Connections of the first members of some conversations, which stand and are signed in.
  Status ConnectReaders() {
    const std::size_t count = std::min(kReaders, plan_.rooms.size());
    for (std::size_t i = 0; i < count; ++i) {
      const Room& room = plan_.rooms[i * plan_.rooms.size() / count];
      readers_.push_back({&room, std::make_unique<client::CurlHttpClient>(
                                     servers_.first(), plan_.people[room.members.front()].token)});
      PARLEY_TRY(GetPage(*readers_.back().http, "/v1/users/me").status());
    }
    return Status::Ok();
  }

  /// One after the other, each of another conversation.
  template <class Target>
  Status Pages(const char* name, const Target& target) {
    Step& step = report_.Of(name);
    return report_.Watch(step, servers_.spawned()->pid(), [&] {
      for (std::size_t n = 0; n < options_.pages && !stop_; ++n) {
        const Reader& reader = readers_[n % readers_.size()];
        const std::string path = target(*reader.room);
        const std::int64_t from = NowNs();
        PARLEY_TRY(GetPage(*reader.http, path).status());
        step.latency.Record(static_cast<std::uint64_t>(NowNs() - from));
      }
      return Status::Ok();
    });
  }

  /// Others talk in a closed loop.
  Status Sends() {
    Options pairs = options_;
    pairs.workload = WorkloadKind::kPairs;
    pairs.in_flight = 1;
    PARLEY_ASSIGN(const Plan plan, SetUp(pairs, servers_.first()));
    PARLEY_ASSIGN(const Outcome outcome, RunWorkload(pairs, plan, servers_, stop_));
    if (!outcome.Clean()) return Unavailable("sends failed: " + outcome.found.first_error);
    Step& step = report_.Of("send");
    step.latency = outcome.found.ack;
    step.seconds = options_.duration_s;
    step.server_cpu_s = outcome.ServerCpuS().value_or(0);
    const auto messages = static_cast<double>(outcome.to.counts[Counter::kAcked] -
                                              outcome.from.counts[Counter::kAcked]);
    step.figures.emplace_back("cpu_us_per_message", step.server_cpu_s * kMicro / messages);
    step.figures.emplace_back("messages_per_s", messages / step.seconds);
    return Status::Ok();
  }

  /// As the files are now: `parley-store` compacts them.
  void NoteDisk() {
    const fs::path store = fs::path(servers_.spawned()->folder()) / "data" / "store";
    Step& step = report_.Of("disk");
    step.figures.emplace_back("table_bytes", FileBytes(store, ".sst"));
    step.figures.emplace_back("log_bytes", FileBytes(store, ".log"));
  }

  const Options& options_;
  const Servers& servers_;
  const std::atomic<bool>& stop_;
  struct Reader {
    const Room* room;
    std::unique_ptr<client::HttpClient> http;
  };

  Plan plan_;
  std::vector<Reader> readers_;
  StepReport report_;
};

}  // namespace

Result<StepReport> RunHistory(const Options& options, const Servers& servers,
                              const std::atomic<bool>& stop) {
  return HistoryRun(options, servers, stop).Run();
}

}  // namespace parley::bench
