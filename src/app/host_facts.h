#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "app/config/config.h"
#include "base/result.h"

namespace parley::app {

/// How long it takes to append to a file and have it on the disk.
struct SyncSpeed {
  std::chrono::microseconds median{};
  std::chrono::microseconds p99{};
};

/// What the machine tells about the places and bounds that a server will meet.
struct HostFacts {
  // The disk that data_dir is on, or would be made on.
  Status data_dir;  ///< OK, or why it cannot be used
  bool data_dir_exists = false;
  std::uint32_t data_dir_mode = 0;  ///< permission bits; of data_dir itself, if it exists
  std::string file_system;          ///< "tmpfs", "nfs", …; empty where it is none that matters
  std::uint64_t disk_free_bytes = 0;
  std::uint64_t disk_free_inodes = 0;
  std::uint64_t disk_inodes = 0;  ///< 0: the file system has no such bound
  std::optional<SyncSpeed> sync_speed;
  std::optional<int> store_held_by;  ///< the process that has the store open

  std::optional<std::uint32_t> config_mode;  ///< permission bits of the configuration file

  std::chrono::system_clock::time_point now;
  std::optional<bool> clock_synchronized;  ///< as the kernel was told by NTP; where it may be asked

  std::uint64_t max_files = 0;       ///< hard limit: the server raises its own up to it
  std::uint64_t core_limit = 0;      ///< largest core dump, in bytes
  std::uint64_t memory_bytes = 0;    ///< of the machine, or of the control group if that is less
  std::uint64_t listen_backlog = 0;  ///< net.core.somaxconn
};

/// Looks at the machine. Measures fsync with a file of its own in data_dir (or where that would be
/// made), which it takes away again; changes nothing else. Takes as long as a hundred fsyncs.
HostFacts ReadHostFacts(const Config& config, const std::string& config_file);

}  // namespace parley::app
