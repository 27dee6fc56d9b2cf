#include "bench/socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <system_error>
#include <utility>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/clock.h"

namespace parley::bench {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} * 1024;

std::string ErrorText(int error) { return std::generic_category().message(error); }

}  // namespace

Result<Target> ResolveTarget(const client::ServerUrl& server) {
  if (server.tls) {
    return InvalidArgument("parley-bench speaks http only: give the address behind TLS");
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(server.host.c_str(), server.port.c_str(), &hints, &found);
  if (failed != 0) {
    return Unavailable(fmt::format("{}: {}", server.ToString(), gai_strerror(failed)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  Target target;
  std::memcpy(&target.address, found->ai_addr, found->ai_addrlen);
  target.address_size = found->ai_addrlen;
  target.authority = server.Authority();
  return target;
}

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(kReadBytes) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Loop::~Loop() { ::close(epoll_); }

void Loop::FlushDirty() {
  // By index: what a socket tells its listener may make others dirty.
  for (std::size_t i = 0; i < dirty_.size(); ++i) dirty_[i]->Flush();
  dirty_.clear();
}

void Loop::RunOnce(std::int64_t until_ns) {
  FlushDirty();
  std::array<epoll_event, 256> events;
  const std::int64_t left = std::max<std::int64_t>(until_ns - NowNs(), 0);
  const timespec timeout{left / kNsPerSecond, left % kNsPerSecond};
  const int count = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    auto* socket = static_cast<Socket*>(events.at(static_cast<std::size_t>(i)).data.ptr);
    socket->OnEvents(events.at(static_cast<std::size_t>(i)).events);
  }
  FlushDirty();
}

void Socket::Connect(const Target& target) {
  fd_ = ::socket(target.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return listener_.OnEnd("socket: " + ErrorText(errno));
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connecting_ = true;
  watched_ = EPOLLOUT;
  epoll_event event{};
  event.events = watched_;
  event.data.ptr = this;
  epoll_ctl(loop_.epoll_, EPOLL_CTL_ADD, fd_, &event);
  const auto* address = reinterpret_cast<const sockaddr*>(&target.address);
  if (::connect(fd_, address, target.address_size) != 0 && errno != EINPROGRESS) {
    Fail("connect: " + ErrorText(errno));
  }
}

std::string& Socket::Output() {
  if (!std::exchange(dirty_, true)) loop_.dirty_.push_back(this);
  return out_;
}

void Socket::Close() {
  Flush();
  Shut();
}

void Socket::Abort() {
  if (fd_ < 0) return;
  const linger reset{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  Shut();
}

void Socket::Fail(const std::string& why) {
  Shut();
  listener_.OnEnd(why);
}

void Socket::PauseReading(bool paused) {
  paused_ = paused;
  Watch();
}

void Socket::OnEvents(std::uint32_t events) {
  if (fd_ < 0) return;  // closed by what came before in the same batch
  if (connecting_) return OnConnected();
  if ((events & EPOLLOUT) != 0) Flush();
  if (fd_ >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) Read();
  if (fd_ >= 0) Flush();
}

void Socket::OnConnected() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return Fail("connect: " + ErrorText(error));
  connecting_ = false;
  listener_.OnConnected();
  Flush();
  Watch();
}

void Socket::Read() {
  const ssize_t size = ::recv(fd_, loop_.buffer_.data(), loop_.buffer_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return Fail("read: " + ErrorText(errno));
  if (size == 0) return Fail("the server closed the connection");
  const std::string_view fresh(loop_.buffer_.data(), static_cast<std::size_t>(size));
  if (in_.empty()) {
    const std::size_t used = listener_.OnBytes(fresh);
    if (fd_ >= 0) in_.assign(fresh.substr(used));
    return;
  }
  // Taken out: what the listener does may clear in_.
  std::string joined = std::exchange(in_, {});
  joined.append(fresh);
  const std::size_t used = listener_.OnBytes(joined);
  if (fd_ >= 0) in_.assign(joined, used);
}

void Socket::Flush() {
  dirty_ = false;
  if (fd_ < 0 || connecting_ || out_at_ == out_.size()) return;
  while (out_at_ < out_.size()) {
    const ssize_t sent =
        ::send(fd_, out_.data() + out_at_, out_.size() - out_at_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    // What the server said last may still wait to be read: the reader tells of the end.
    if (sent < 0) return;
    out_at_ += static_cast<std::size_t>(sent);
  }
  if (out_at_ == out_.size()) {
    out_.clear();
    out_at_ = 0;
  }
  Watch();
}

void Socket::Watch() {
  if (fd_ < 0 || connecting_) return;
  const std::uint32_t wanted =
      (paused_ ? 0U : static_cast<std::uint32_t>(EPOLLIN)) | (out_.empty() ? 0U : EPOLLOUT);
  if (wanted == watched_) return;
  watched_ = wanted;
  epoll_event event{};
  event.events = wanted;
  event.data.ptr = this;
  epoll_ctl(loop_.epoll_, EPOLL_CTL_MOD, fd_, &event);
}

void Socket::Shut() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  connecting_ = false;
  paused_ = false;
  // Swapped: an idle generator keeps nothing for connections that are gone.
  std::string().swap(in_);
  std::string().swap(out_);
  out_at_ = 0;
}

}  // namespace parley::bench
