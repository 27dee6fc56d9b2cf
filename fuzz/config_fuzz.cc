// Configuration files: app::LoadConfig.

#include <string>
#include <vector>
#include <sys/mman.h>
#include <unistd.h>

#include "app/config/load.h"
#include "fuzz/check.h"

namespace parley::app {
namespace {

/// A file that is nowhere on the disk.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : file_(::memfd_create("parley.toml", 0)) {
    FUZZ_CHECK(file_ >= 0);
    FUZZ_CHECK(::write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  const int file_;
};

Result<LoadedConfig> Load(std::string_view text) {
  const MemoryFile file(text);
  return LoadConfig({.file = file.path(), .environment = {}, .flags = {}});
}

/// Each line without the origin behind it.
std::vector<std::string> Values(std::string_view printed) {
  std::vector<std::string> values;
  while (!printed.empty()) {
    const std::string_view line = printed.substr(0, printed.find('\n'));
    printed.remove_prefix(std::min(line.size() + 1, printed.size()));
    values.emplace_back(line.substr(0, line.rfind("  #")));
  }
  return values;
}

}  // namespace
}  // namespace parley::app

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::app;
  const auto loaded = Load(parley::fuzz::AsText(data, size));
  if (!loaded.ok()) {
    FUZZ_CHECK(loaded.status().code() == parley::StatusCode::kInvalidArgument);
    FUZZ_CHECK(!loaded.status().message().empty());
    return 0;
  }
  // What `parleyd config` prints can be loaded, and says the same.
  const std::string printed = PrintConfig(*loaded);
  const auto again = Load(printed);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(Values(PrintConfig(*again)) == Values(printed));
  return 0;
}
