#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bench/clock.h"
#include "bench/limits/limits.h"
#include "bench/limits/socket_pair.h"
#include "bench/process_stats.h"

namespace parley::bench {
namespace {

constexpr std::size_t kEvents = 256;
constexpr std::size_t kReadBytes = std::size_t{64} * 1024;

/// Reads all that comes, and tells so after each look.
class Reader {
 public:
  explicit Reader(const std::vector<SocketPair>& pairs)
      : pairs_(pairs), thread_([this] { Run(); }) {}
  ~Reader() { thread_.join(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Waits until that many bytes in all have come.
  void Await(std::uint64_t bytes) const {
    for (std::uint64_t have = come_; have < bytes; have = come_) come_.wait(have);
  }

 private:
  /// Until the other end closes.
  void Run() {
    const Descriptor epoll = WatchAll(pairs_, &SocketPair::client);
    std::array<epoll_event, kEvents> events;
    std::vector<char> buffer(kReadBytes);
    while (true) {
      std::uint64_t bytes = 0;
      const int ready = epoll_wait(*epoll, events.data(), events.size(), -1);
      for (int i = 0; i < ready; ++i) {
        const int number = *pairs_[events.at(static_cast<std::size_t>(i)).data.u64].client;
        const ssize_t size = recv(number, buffer.data(), buffer.size(), 0);
        if (size == 0) return;
        bytes += static_cast<std::uint64_t>(std::max<ssize_t>(size, 0));
      }
      come_ += bytes;
      come_.notify_one();
    }
  }

  const std::vector<SocketPair>& pairs_;
  std::atomic<std::uint64_t> come_{0};
  std::thread thread_;
};

}  // namespace

Result<CpuLimit> MeasureSend(std::size_t sockets, std::size_t bytes, double seconds, double every) {
  PARLEY_ASSIGN(const std::vector<SocketPair> pairs, MakePairs(sockets));
  const std::string frame(bytes, 'x');
  const std::int64_t from_ns = NowNs();
  const auto until_ns = from_ns + static_cast<std::int64_t>(seconds * kNsPerSecond);
  CpuLimit limit;
  double cpu_s = 0;
  const auto interval = std::chrono::nanoseconds(static_cast<std::int64_t>(every * kNsPerSecond));
  auto turn = std::chrono::steady_clock::now();
  {
    const Reader reader(pairs);
    while (NowNs() < until_ns) {
      const double cpu_from = ThreadCpuS();
      for (const SocketPair& pair : pairs) {
        send(*pair.server, frame.data(), frame.size(), MSG_NOSIGNAL);
      }
      cpu_s += ThreadCpuS() - cpu_from;
      limit.count += pairs.size();
      reader.Await(limit.count * bytes);
      turn += interval;
      std::this_thread::sleep_until(turn);
    }
    shutdown(*pairs.front().server, SHUT_WR);
  }
  limit.seconds = static_cast<double>(NowNs() - from_ns) / kNsPerSecond;
  limit.cpu_us = cpu_s * 1e6 / static_cast<double>(limit.count);
  return limit;
}

Result<double> MeasureKernelBytesPerPair(std::size_t pairs) {
  const std::uint64_t before = SampleMachine().slab_bytes;
  PARLEY_ASSIGN(const std::vector<SocketPair> made, MakePairs(pairs));
  const std::uint64_t after = SampleMachine().slab_bytes;
  return (static_cast<double>(after) - static_cast<double>(before)) /
         static_cast<double>(made.size());
}

}  // namespace parley::bench
