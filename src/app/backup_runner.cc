#include "app/backup_runner.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/core.h>

namespace parley::app {

runtime::Task<Status> BackupRunner::Run(std::string folder) {
  if (running_.exchange(true)) {
    co_return Conflict("another backup is under way: wait for its end");
  }
  co_return co_await thread_.Run([this, folder = std::move(folder)] {
    Status status = Make(folder);
    running_ = false;
    return status;
  });
}

void BackupRunner::Stop() {
  stop_.request_stop();
  thread_.Stop();
}

Status BackupRunner::Make(const std::string& folder) {
  const std::filesystem::path path(folder);
  std::error_code error;
  if (!std::filesystem::create_directories(path, error) && !error &&
      !std::filesystem::is_empty(path, error)) {
    return InvalidArgument(
        fmt::format("{}: is not empty: a backup goes into a new folder", folder));
  }
  if (error) {
    return InvalidArgument(
        fmt::format("{}: the server cannot make this folder: {}", folder, error.message()));
  }
  return store_.BackUp((path / "store").string(), stop_.get_token());
}

}  // namespace parley::app
