// `parleyd serve`: starts a node, says where it listens, and ends it on a signal.

#include <csignal>
#include <filesystem>
#include <utility>
#include <sys/stat.h>

#include <fmt/core.h>

#include "app/commands.h"
#include "app/log.h"
#include "app/node.h"

namespace parley::app {
namespace {

/// SIGTERM and SIGINT, taken from every thread that starts later: the main one waits for them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
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
  fmt::print("\nParley {} serves at {}\n", PARLEY_VERSION, url);
  if (const std::optional<std::string>& token = node.admin_token()) {
    fmt::print("administrator link: {}/#admin={}\n", url, *token);
    fmt::print("  (works once: `parley claim LINK` makes whoever is signed in an administrator)\n");
  }
  const std::string client = ClientProgram();
  fmt::print(
      "\nTry it, in other terminals:\n"
      "  {0} --server {1} register ann                   # make an account, sign in\n"
      "  {0} --server {1} --profile bob register bob     # somebody to talk to\n"
      "  {0} --server {1} --profile bob tail             # watch what arrives\n"
      "  {0} --server {1} send @bob 'hello'              # say something\n"
      "Stop with Ctrl-C.\n",
      client, url);
  std::fflush(stdout);
}

}  // namespace

int RunServe(const LoadedConfig& loaded) {
  // Whatever is written from here on (the store with its keys, the control socket) is its owner's
  // alone.
  ::umask(S_IRWXG | S_IRWXO);
  const sigset_t signals = BlockStopSignals();
  const std::unique_ptr<Logger> log = MakeLogger(loaded.config.log);
  for (const std::string& warning : loaded.warnings) log->Warning(warning);
  Result<DataDir> dir = OpenDataDir(loaded.config.data_dir);
  if (!dir.ok()) {
    log->Error("cannot use the data folder", {{"error", dir.status().message()}});
    return 1;
  }
  for (const std::string& warning : dir->warnings) log->Warning(warning);
  Result<std::unique_ptr<Node>> node = Node::Start(loaded.config, *dir, *log);
  if (!node.ok()) {
    log->Error("cannot start", {{"error", node.status().message()}});
    return 1;
  }
  PrintWelcome(**node);
  int signal = 0;
  sigwait(&signals, &signal);
  log->Info("stopping", {{"signal", signal}});
  (*node)->Drain();
  return 0;
}

}  // namespace parley::app
