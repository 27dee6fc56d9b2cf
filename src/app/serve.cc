// `parleyd serve`: starts a node, says where it listens, and does what signals ask: SIGHUP rereads
// the configuration, SIGTERM and SIGINT end it.

#include <csignal>
#include <filesystem>
#include <stop_token>
#include <utility>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/log.h"
#include "app/node.h"
#include "app/reload.h"
#include "app/service_manager.h"
#include "app/signal_watch.h"
#include "http/web_assets.h"

namespace parley::app {
namespace {

/// What this program waits for, taken from every thread that starts later: the main one waits.
sigset_t BlockSignals() {
  sigset_t signals = StopSignals();
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Every connection is an open file: as many as this user may have.
void RaiseFileLimit() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // where it fails, the old one goes on
}

void Reload(Reloader& reloader, Logger& log) {
  NotifyReloading();
  const Reloader::Report report = reloader.Reload();
  if (!report.status.ok()) {
    log.Error("the configuration is not right: nothing was changed",
              {{"error", report.status.message()}});
  } else {
    log.Info("the configuration was read again",
             {{"changed", fmt::format("{}", fmt::join(report.changed, ","))}});
    if (!report.at_next_start.empty()) {
      log.Warning("some settings that changed take effect at the next start",
                  {{"settings", fmt::format("{}", fmt::join(report.at_next_start, ","))}});
    }
  }
  NotifyReady();
}

/// Ends the node; a second signal makes it hurry.
void DrainUntilDone(Node& node, Logger& log) {
  const SignalWatch second([&](int signal) {
    log.Info("stopping at once", {{"signal", signal}});
    node.HurryDrain();
  });
  node.Drain();
}

/// Starts the node; a signal ends the wait for a cluster that is not there.
Result<std::unique_ptr<Node>> StartNode(const Config& config, const DataDir& dir,
                                        ProcessLogger& log) {
  std::stop_source stop;
  Result<std::unique_ptr<Node>> node = Unavailable("it was not started");
  {
    const SignalWatch watch([&](int signal) {
      log.Info("stopping before the start is done", {{"signal", signal}});
      stop.request_stop();
    });
    node = Node::Start(config, dir, log, stop.get_token());
  }
  if (stop.stop_requested()) return Status(StatusCode::kCancelled, "was told to stop");
  return node;
}

/// The command line client beside this program, as a person here would call it.
std::string ClientProgram() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "parley";
  const auto client = self.parent_path() / "parley";
  const auto relative = std::filesystem::proximate(client, error);
  return error || relative.string().starts_with("..") ? client.string() : relative.string();
}

void PrintWelcome(const Node& node) {
  fmt::print("listening http={} ops={}\n", node.http_address(), node.ops_address());
  const std::string url = node.public_url();
  fmt::print("\nParley {} serves at {}{}\n", PARLEY_VERSION, url,
             http::BuiltInWebAssets() ? ": open it in a browser" : "");
  if (const std::optional<std::string>& token = node.admin_token()) {
    fmt::print("administrator link: {}/#admin={}\n", url, *token);
    fmt::print(
        "  (works once: whoever opens it and signs in is an administrator; without a browser:\n"
        "  `parley claim LINK`)\n");
  }
  const std::string client = ClientProgram();
  fmt::print(
      "\nOr in other terminals:\n"
      "  {0} --server {1} register ann                   # make an account, sign in\n"
      "  {0} --server {1} --profile bob register bob     # somebody to talk to\n"
      "  {0} --server {1} --profile bob tail             # watch what arrives\n"
      "  {0} --server {1} send @bob 'hello'              # say something\n"
      "Stop with Ctrl-C.\n",
      client, url);
  std::fflush(stdout);
}

}  // namespace

int RunServe(const LoadedConfig& loaded, const ConfigSources& sources) {
  // Whatever is written from here on (the store with its keys, the control socket) is its owner's
  // alone.
  ::umask(S_IRWXG | S_IRWXO);
  const sigset_t signals = BlockSignals();
  RaiseFileLimit();
  const std::unique_ptr<ProcessLogger> log = MakeLogger(loaded.config.log);
  for (const std::string& warning : loaded.warnings) log->Warning(warning);
  Result<DataDir> dir = OpenDataDir(loaded.config.data_dir);
  if (!dir.ok()) {
    log->Error("cannot use the data folder", {{"error", dir.status().message()}});
    return 1;
  }
  for (const std::string& warning : dir->warnings) log->Warning(warning);
  Result<std::unique_ptr<Node>> node = StartNode(loaded.config, *dir, *log);
  if (!node.ok()) {
    if (node.status().code() == StatusCode::kCancelled) return 0;
    log->Error("cannot start", {{"error", node.status().message()}});
    return 1;
  }
  PrintWelcome(**node);
  NotifyReady();
  Reloader reloader(sources, loaded.config, [&](const Config& fresh) { (*node)->Apply(fresh); });
  int signal = 0;
  for (sigwait(&signals, &signal); signal == SIGHUP; sigwait(&signals, &signal)) {
    Reload(reloader, *log);
  }
  log->Info("stopping", {{"signal", signal}});
  NotifyStopping();
  DrainUntilDone(**node, *log);
  return 0;
}

}  // namespace parley::app
