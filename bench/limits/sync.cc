#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <fcntl.h>

#include <fmt/format.h>

#include "bench/clock.h"
#include "bench/limits/limits.h"
#include "bench/limits/socket_pair.h"
#include "bench/message_text.h"

namespace parley::bench {

Result<Histogram> MeasureSync(const std::string& folder, std::size_t bytes, double seconds) {
  const std::string path = fmt::format("{}/parley-limits.{}", folder, ::getpid());
  const Descriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (*file < 0) return Unavailable(fmt::format("{}: {}", path, std::strerror(errno)));
  std::error_code ignored;
  std::filesystem::remove(path, ignored);  // goes when it is closed
  Histogram taken;
  const auto until_ns = NowNs() + static_cast<std::int64_t>(seconds * kNsPerSecond);
  for (std::int64_t now_ns = NowNs(); now_ns < until_ns;) {
    // Different bytes each time, as messages are.
    const std::string record = MakeText({0, taken.count(), now_ns}, bytes);
    const std::int64_t from_ns = NowNs();
    if (write(*file, record.data(), record.size()) != static_cast<ssize_t>(record.size()) ||
        fdatasync(*file) != 0) {
      return Unavailable(fmt::format("{}: {}", path, std::strerror(errno)));
    }
    now_ns = NowNs();
    taken.Record(static_cast<std::uint64_t>(now_ns - from_ns));
  }
  return taken;
}

}  // namespace parley::bench
