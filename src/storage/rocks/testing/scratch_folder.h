#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace parley::storage::rocks {

/// A folder of its own for a test; gone afterwards. In memory where the system has such a place:
/// what is tested here is no power cut, and need not wait for a disk.
class ScratchFolder {
 public:
  ScratchFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const std::filesystem::path parent =
        std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    std::string path = (parent / "parley-rocks-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) std::abort();  // no test can do without
    path_ = path;
  }
  ~ScratchFolder() {
    std::error_code ignored;  // what stays is the system's to clear
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace parley::storage::rocks
