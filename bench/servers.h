#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/options.h"
#include "bench/socket.h"
#include "bench/spawned_server.h"
#include "client/url.h"

namespace parley::bench {

/// The servers of a run: those that the options name, or one that it starts. From the main thread.
class Servers {
 public:
  /// kUnavailable: a name has no address, or the own server did not start.
  static Result<Servers> Find(const Options& options);

  /// Where accounts and conversations are made.
  const client::ServerUrl& first() const { return urls_.front(); }
  const std::vector<Target>& targets() const { return targets_; }
  /// The processes of all, as they are now; none where one is not known.
  std::vector<int> Pids() const;
  /// Until they have done what comes behind a fill (a store goes on sorting its files), or a minute
  /// has passed, or `stop` is set.
  void AwaitRest(const std::atomic<bool>& stop) const;
  /// The one that this run started; null if it did not.
  SpawnedServer* spawned() const { return spawned_.get(); }

 private:
  std::vector<int> pids_;
  std::unique_ptr<SpawnedServer> spawned_;
  std::vector<client::ServerUrl> urls_;
  std::vector<Target> targets_;
};

/// The process that listens on the port of `url`, if one may see it.
std::optional<int> PidOf(const client::ServerUrl& url);

}  // namespace parley::bench
