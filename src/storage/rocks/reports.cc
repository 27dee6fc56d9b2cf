#include "storage/rocks/reports.h"

#include <chrono>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace parley::storage::rocks {
namespace {

/// Longer lines are cut.
constexpr std::size_t kMaxLineBytes = std::size_t{4} * 1024;

}  // namespace

Reports::Reports(const std::filesystem::path& folder) : path_(folder / "LOG") { Begin(); }

Reports::~Reports() {
  if (file_ != nullptr) std::fclose(file_);
}

void Reports::Begin() {
  if (file_ != nullptr) std::fclose(file_);
  std::error_code ignored;  // there may be none
  std::filesystem::rename(path_, path_.string() + ".old", ignored);
  file_ = std::fopen(path_.c_str(), "we");
  bytes_ = 0;
}

void Reports::Logv(const char* format, std::va_list arguments) {
  std::vector<char> text(kMaxLineBytes);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  const std::string line = fmt::format(
      "{:%Y-%m-%dT%H:%M:%SZ} {}\n",
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()),
      text.data());
  const std::lock_guard lock(mutex_);
  if (file_ == nullptr || bytes_ + line.size() > kMaxBytes) Begin();
  if (file_ == nullptr) return;
  bytes_ += line.size();
  // What does not fit on the disk is lost: nothing that was promised is in here.
  std::fwrite(line.data(), 1, line.size(), file_);
  std::fflush(file_);
}

}  // namespace parley::storage::rocks
