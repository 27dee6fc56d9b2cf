#include "bench/limits/program.h"

#include <array>
#include <cstdio>
#include <string>
#include <vector>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/clock.h"
#include "bench/limits/limits.h"
#include "client/json_writer.h"

namespace parley::bench {
namespace {

using client::JsonObject;

constexpr std::array<std::size_t, 4> kSyncBytes{300, 4 * 1024, 16 * 1024, 64 * 1024};

struct LimitOptions {
  std::string folder = ".";
  double seconds = 2;        ///< of each measurement
  std::size_t bytes = 300;   ///< of an echo and of a send: a frame with 128 bytes of text
  std::size_t echoes = 100;  ///< connections
  std::size_t sockets = 1000;
  double send_every = 0.1;  ///< seconds: 1,000 sockets are sent to at 10,000 messages/s
  std::size_t pairs = 4000;
};

std::string Number(double value) { return fmt::format("{:.6g}", value); }

std::string CpuJson(const CpuLimit& limit, std::size_t sockets, std::size_t bytes) {
  return JsonObject()
      .Raw("cpu_us", Number(limit.cpu_us))
      .Raw("per_s", Number(static_cast<double>(limit.count) / limit.seconds))
      .Uint("sockets", sockets)
      .Uint("bytes", bytes)
      .Take();
}

std::string SyncJson(const Histogram& taken, std::size_t bytes) {
  const auto ms = [&](double percent) {
    return Number(static_cast<double>(taken.Percentile(percent)) / kNsPerMs);
  };
  return JsonObject()
      .Uint("bytes", bytes)
      .Uint("count", taken.count())
      .Raw("p50_ms", ms(50))
      .Raw("p99_ms", ms(99))
      .Take();
}

Result<std::string> Measure(const LimitOptions& options) {
  PARLEY_ASSIGN(const CpuLimit echo, MeasureEcho(options.echoes, options.bytes, options.seconds));
  PARLEY_ASSIGN(const CpuLimit send, MeasureSend(options.sockets, options.bytes, options.seconds));
  PARLEY_ASSIGN(const CpuLimit paced,
                MeasureSend(options.sockets, options.bytes, options.seconds, options.send_every));
  std::vector<std::string> syncs;
  for (const std::size_t bytes : kSyncBytes) {
    PARLEY_ASSIGN(const Histogram taken, MeasureSync(options.folder, bytes, options.seconds));
    syncs.push_back(SyncJson(taken, bytes));
  }
  PARLEY_ASSIGN(const double kernel_bytes, MeasureKernelBytesPerPair(options.pairs));
  return JsonObject()
      .Raw("echo", CpuJson(echo, options.echoes, options.bytes))
      .Raw("send", CpuJson(send, options.sockets, options.bytes))
      .Raw("send_at_rate", CpuJson(paced, options.sockets, options.bytes))
      .Raw("sync", client::JsonArray(syncs))
      .Raw("kernel_bytes_per_pair", Number(kernel_bytes))
      .Take();
}

void AllowFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int LimitsMain(int argc, char** argv) {
  LimitOptions options;
  CLI::App app("What this machine itself takes for what a messenger does; prints JSON.\n",
               "parley-limits");
  app.set_version_flag("--version", PARLEY_VERSION);
  app.add_option("--dir", options.folder, "Folder on the disk that is to be measured");
  app.add_option("--seconds", options.seconds, "For each of the seven measurements")
      ->check(CLI::Range(0.05, 600.0));
  app.add_option("--bytes", options.bytes, "Bytes of an echo and of a send")
      ->check(CLI::Range(std::size_t{1}, std::size_t{16'384}));
  app.add_option("--pairs", options.pairs, "Idle connections whose memory is looked at")
      ->check(CLI::Range(std::size_t{100}, std::size_t{50'000}));
  CLI11_PARSE(app, argc, argv);
  AllowFiles();
  const Result<std::string> measured = Measure(options);
  if (!measured.ok()) {
    std::fputs(fmt::format("parley-limits: {}\n", measured.status().message()).c_str(), stderr);
    return 1;
  }
  std::puts(measured->c_str());
  return 0;
}

}  // namespace parley::bench
