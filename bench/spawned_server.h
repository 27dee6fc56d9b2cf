#pragma once

#include <memory>
#include <string>
#include <vector>
#include <sys/types.h>

#include "base/result.h"

namespace parley::bench {

/// A parleyd of this run: free ports, a temporary data folder, rate limits off and cheap password
/// hashes. Ends and its folder goes with this object; it also ends when this program is killed.
class SpawnedServer {
 public:
  /// Starts `program` (empty: the parleyd beside this program) with the settings `set`
  /// ("a.b=value") and waits until it serves. kUnavailable, with the end of its log, if it does not
  /// within 30 s. From the main thread.
  static Result<std::unique_ptr<SpawnedServer>> Start(const std::string& program,
                                                      const std::vector<std::string>& set);
  ~SpawnedServer();
  SpawnedServer(const SpawnedServer&) = delete;
  SpawnedServer& operator=(const SpawnedServer&) = delete;

  const std::string& url() const { return url_; }
  pid_t pid() const { return pid_; }

 private:
  void AwaitExit() const;
  SpawnedServer(std::string folder, pid_t pid) : folder_(std::move(folder)), pid_(pid) {}
  Status AwaitListening(int output);

  const std::string folder_;
  const pid_t pid_;
  std::string url_;
};

}  // namespace parley::bench
