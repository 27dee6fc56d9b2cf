#include "bench/relay/log.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

namespace parley::bench {
namespace {

int Open(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) throw std::system_error(errno, std::generic_category(), path);
  return file;
}

void WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      std::perror("the log");
      std::exit(1);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Log::Log(boost::asio::io_context& io, const std::string& path)
    : io_(io), file_(Open(path)), thread_([this] { Run(); }) {}

Log::~Log() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  wake_.notify_one();
  thread_.join();
  ::close(file_);
}

void Log::Append(std::string_view bytes, Done done) {
  const std::lock_guard lock(mutex_);
  next_.bytes += bytes;
  next_.waiting.push_back(std::move(done));
  if (next_.waiting.size() == 1) wake_.notify_one();
}

void Log::Run() {
  while (true) {
    Group group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ends_ || !next_.waiting.empty(); });
      if (ends_) return;
      std::swap(group, next_);
    }
    WriteAll(file_, group.bytes);
    if (::fdatasync(file_) != 0) {
      std::perror("the log");
      std::exit(1);
    }
    boost::asio::post(io_, [waiting = std::move(group.waiting)] {
      for (const Done& done : waiting) done();
    });
  }
}

}  // namespace parley::bench
