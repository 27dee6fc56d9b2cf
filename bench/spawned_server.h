#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>
#include <sys/types.h>

#include "base/result.h"

namespace parley::bench {

/// A parleyd of this run: free ports, rate limits off and cheap password hashes. It ends with this
/// object, and when this program is killed; a temporary data folder goes with it. From the main
/// thread only.
class SpawnedServer {
 public:
  /// Starts `program` (empty: the parleyd beside this program) with the settings `set`
  /// ("a.b=value") and waits until it serves. `folder`: where its data is and stays; empty: a
  /// temporary one. kUnavailable, with the end of its log, if it does not serve in time.
  static Result<std::unique_ptr<SpawnedServer>> Start(const std::string& program,
                                                      const std::vector<std::string>& set,
                                                      const std::string& folder);
  ~SpawnedServer();
  SpawnedServer(const SpawnedServer&) = delete;
  SpawnedServer& operator=(const SpawnedServer&) = delete;

  const std::string& url() const { return url_; }
  /// Where it tells its metrics.
  const std::string& ops_url() const { return ops_url_; }
  const std::string& folder() const { return folder_; }
  /// Another one after each StartAgain().
  pid_t pid() const { return pid_; }

  /// kill -9, and its end is awaited.
  void Kill();
  /// After Kill(): on the same ports with the same data. Answers how long it took until it served.
  Result<std::chrono::nanoseconds> StartAgain();

 private:
  SpawnedServer(std::string program, std::vector<std::string> set, std::string folder,
                bool temporary)
      : program_(std::move(program)),
        set_(std::move(set)),
        folder_(std::move(folder)),
        temporary_(temporary) {}
  Status Launch(const std::string& listen, const std::string& ops_listen);
  Status AwaitListening(int output);
  void AwaitExit() const;

  const std::string program_;
  const std::vector<std::string> set_;
  const std::string folder_;
  const bool temporary_;
  pid_t pid_ = -1;  // -1: it does not run
  std::string url_;
  std::string ops_url_;
};

}  // namespace parley::bench
