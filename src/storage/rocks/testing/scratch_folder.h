#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace parley::storage::rocks {

/// A folder of its own for a test; gone afterwards.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "parley-rocks-XXXXXX").string();
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
