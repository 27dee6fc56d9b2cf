#include "bench/limits/socket_pair.h"

#include <cerrno>
#include <cstring>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <fmt/format.h>

namespace parley::bench {
namespace {

Status Failed(const char* what) {
  return Unavailable(fmt::format("{}: {}", what, std::strerror(errno)));
}

void Prepare(int number) {
  const int on = 1;
  setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK);
}

}  // namespace

Result<std::vector<SocketPair>> MakePairs(std::size_t count) {
  const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(*listener, generic, size) != 0 || listen(*listener, SOMAXCONN) != 0 ||
      getsockname(*listener, generic, &size) != 0) {
    return Failed("listen");
  }
  std::vector<SocketPair> pairs;
  pairs.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    SocketPair pair{Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), Descriptor()};
    if (connect(*pair.client, generic, size) != 0) return Failed("connect");
    pair.server = Descriptor(accept4(*listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (*pair.server < 0) return Failed("accept");
    Prepare(*pair.client);
    Prepare(*pair.server);
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

Descriptor WatchAll(const std::vector<SocketPair>& pairs, Descriptor SocketPair::* end) {
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(*epoll, EPOLL_CTL_ADD, *(pairs[i].*end), &event);
  }
  return epoll;
}

}  // namespace parley::bench
