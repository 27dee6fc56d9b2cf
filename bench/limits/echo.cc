#include <algorithm>
#include <array>
#include <atomic>
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
constexpr int kLookAgainMs = 20;  // whether it is over

/// Sends back what comes on any of `pairs`, until `until_ns`; answers how many times.
template <class Until>
std::uint64_t Echo(const std::vector<SocketPair>& pairs, Descriptor SocketPair::* end,
                   const Until& is_over) {
  const Descriptor epoll = WatchAll(pairs, end);
  std::array<epoll_event, kEvents> events;
  std::vector<char> buffer(kReadBytes);
  std::uint64_t count = 0;
  while (!is_over()) {
    const int ready = epoll_wait(*epoll, events.data(), events.size(), kLookAgainMs);
    for (int i = 0; i < ready; ++i) {
      const int number = *(pairs[events.at(static_cast<std::size_t>(i)).data.u64].*end);
      const ssize_t size = recv(number, buffer.data(), buffer.size(), 0);
      if (size <= 0) continue;
      count += send(number, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
    }
  }
  return count;
}

}  // namespace

Result<CpuLimit> MeasureEcho(std::size_t connections, std::size_t bytes, double seconds) {
  PARLEY_ASSIGN(const std::vector<SocketPair> pairs, MakePairs(connections));
  const std::string message(bytes, 'x');
  for (const SocketPair& pair : pairs) {
    send(*pair.client, message.data(), message.size(), MSG_NOSIGNAL);
  }
  std::atomic<bool> over{false};
  std::thread others([&] { Echo(pairs, &SocketPair::client, [&] { return over.load(); }); });
  const std::int64_t from_ns = NowNs();
  const auto until_ns = from_ns + static_cast<std::int64_t>(seconds * kNsPerSecond);
  const double cpu_from = ThreadCpuS();
  CpuLimit limit;
  limit.count = Echo(pairs, &SocketPair::server, [&] { return NowNs() >= until_ns; });
  const double cpu_s = ThreadCpuS() - cpu_from;
  limit.seconds = static_cast<double>(NowNs() - from_ns) / kNsPerSecond;
  limit.cpu_us = cpu_s * 1e6 / static_cast<double>(std::max<std::uint64_t>(limit.count, 1));
  over = true;
  others.join();
  return limit;
}

}  // namespace parley::bench
