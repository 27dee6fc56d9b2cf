#include "bench/servers.h"

#include <charconv>
#include <utility>

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

std::optional<int> PidOf(const client::ServerUrl& url) {
  int port = 0;
  std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
  return FindListener(port);
}

}  // namespace parley::bench
