#include "bench/servers.h"

#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

#include "bench/cpu_clock.h"
#include "bench/process_stats.h"
#include "bench/protocols/protocol.h"

namespace parley::bench {

Result<Servers> Servers::Find(const Options& options) {
  Servers servers;
  servers.pids_ = options.pids;
  std::vector<std::string> urls = options.servers;
  if (options.spawn) {
    PARLEY_ASSIGN(servers.spawned_,
                  SpawnedServer::Start(options.parleyd, options.server_set, options.data_dir));
    urls = {servers.spawned_->url()};
  }
  for (const std::string& url : urls) {
    PARLEY_ASSIGN(const Endpoint endpoint, ParseEndpoint(url));
    if (endpoint.protocol != ProtocolOf(options)) {
      return InvalidArgument("the servers of a run are all of one kind");
    }
    servers.urls_.push_back(endpoint.url);
    PARLEY_ASSIGN(servers.targets_.emplace_back(), ResolveTarget(servers.urls_.back()));
  }
  return servers;
}

std::vector<int> Servers::Pids() const {
  if (spawned_ != nullptr) return {spawned_->pid()};
  if (!pids_.empty()) return pids_;
  std::vector<int> pids;
  for (const client::ServerUrl& url : urls_) {
    const std::optional<int> pid = PidOf(url);
    if (!pid) return {};
    pids.push_back(*pid);
  }
  return pids;
}

void Servers::AwaitRest(const std::atomic<bool>& stop) const {
  constexpr std::chrono::milliseconds kLookEvery{100};
  constexpr int kMostLooks = 600;
  constexpr int kQuietLooks = 5;
  constexpr double kQuietS = 0.01;  // of CPU from one look to the next: a tenth of a core
  const std::vector<int> pids = Pids();
  const auto used = [&] {
    double cpu_s = 0;
    for (const int pid : pids) cpu_s += ProcessCpuS(pid).value_or(0);
    return cpu_s;
  };
  double before = used();
  int quiet = 0;
  for (int look = 0; look < kMostLooks && quiet < kQuietLooks && !stop; ++look) {
    std::this_thread::sleep_for(kLookEvery);
    const double now = used();
    quiet = now - before < kQuietS ? quiet + 1 : 0;
    before = now;
  }
}

std::optional<int> PidOf(const client::ServerUrl& url) {
  int port = 0;
  std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
  return FindListener(port);
}

}  // namespace parley::bench
