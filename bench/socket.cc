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
#include "bench/frame_codec.h"

namespace parley::bench {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} * 1024;
constexpr std::size_t kMaxFrameBytes = std::size_t{1024} * 1024;
constexpr std::size_t kMaxHeaderBytes = std::size_t{16} * 1024;
/// Any will do: the server's answer to it is not checked.
constexpr std::string_view kWebSocketKey = "cGFybGV5LWJlbmNoLWtleQ==";

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

void Socket::Connect(const Target& target, std::string_view path, std::string_view token) {
  fd_ = ::socket(target.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return listener_.OnEnd("socket: " + ErrorText(errno));
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  out_ = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\nSec-WebSocket-Protocol: parley.v1\r\n"
      "Authorization: Bearer {}\r\nUser-Agent: parley-bench/" PARLEY_VERSION "\r\n\r\n",
      path, target.authority, kWebSocketKey, token);
  out_at_ = 0;
  state_ = State::kConnecting;
  watched_ = EPOLLOUT;
  epoll_event event{};
  event.events = watched_;
  event.data.ptr = this;
  epoll_ctl(loop_.epoll_, EPOLL_CTL_ADD, fd_, &event);
  const auto* address = reinterpret_cast<const sockaddr*>(&target.address);
  if (::connect(fd_, address, target.address_size) != 0 && errno != EINPROGRESS) {
    End("connect: " + ErrorText(errno));
  }
}

void Socket::Send(std::string_view text) {
  if (open()) Queue(static_cast<std::uint8_t>(Opcode::kText), text);
}

void Socket::Close() {
  if (open()) {
    Queue(static_cast<std::uint8_t>(Opcode::kClose), "\x03\xe8");  // 1000
    Flush();
  }
  Shut();
}

void Socket::Abort() {
  if (fd_ < 0) return;
  const linger reset{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  Shut();
}

void Socket::PauseReading(bool paused) {
  paused_ = paused;
  Watch();
}

void Socket::OnEvents(std::uint32_t events) {
  if (fd_ < 0) return;  // closed by what came before in the same batch
  if (state_ == State::kConnecting) return OnConnected();
  if ((events & EPOLLOUT) != 0) Flush();
  if (fd_ >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) Read();
  if (fd_ >= 0) Flush();
}

void Socket::OnConnected() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return End("connect: " + ErrorText(error));
  state_ = State::kUpgrading;
  Flush();
  if (fd_ >= 0) Watch();
}

void Socket::Read() {
  const ssize_t size = ::recv(fd_, loop_.buffer_.data(), loop_.buffer_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return End("read: " + ErrorText(errno));
  if (size == 0) return End("the server closed the connection");
  const std::string_view fresh(loop_.buffer_.data(), static_cast<std::size_t>(size));
  if (in_.empty()) {
    const std::size_t used = Take(fresh);
    if (fd_ >= 0) in_.assign(fresh.substr(used));
    return;
  }
  // Taken out: what the listener does may clear in_.
  std::string joined = std::exchange(in_, {});
  joined.append(fresh);
  const std::size_t used = Take(joined);
  if (fd_ >= 0) in_.assign(joined, used);
}

std::size_t Socket::Take(std::string_view bytes) {
  std::size_t used = 0;
  if (state_ == State::kUpgrading) {
    used = TakeUpgrade(bytes);
    if (!open()) return used;
  }
  while (open()) {
    const ParsedFrame frame = ParseServerFrame(bytes.substr(used), kMaxFrameBytes);
    if (frame.state == ParsedFrame::State::kNeedMore) break;
    if (frame.state == ParsedFrame::State::kBad) {
      End("the server sent a frame that it may not send");
      break;
    }
    used += frame.size;
    if (!TakeFrame(static_cast<std::uint8_t>(frame.opcode), frame.payload)) break;
  }
  return used;
}

std::size_t Socket::TakeUpgrade(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() > kMaxHeaderBytes) End("the answer to the upgrade never ends");
    return 0;
  }
  if (!bytes.starts_with("HTTP/1.1 101")) {
    End(fmt::format("the upgrade was refused: {}", bytes.substr(0, bytes.find('\r'))));
    return 0;
  }
  state_ = State::kOpen;
  listener_.OnOpen();
  return end + 4;
}

bool Socket::TakeFrame(std::uint8_t opcode, std::string_view payload) {
  switch (static_cast<Opcode>(opcode)) {
    case Opcode::kText:
      listener_.OnText(payload);
      return open();
    case Opcode::kPing:
      Queue(static_cast<std::uint8_t>(Opcode::kPong), payload);
      return true;
    case Opcode::kClose:
      End(fmt::format("the server closed with {}", CloseCode(payload)));
      return false;
    default:
      return true;
  }
}

void Socket::Queue(std::uint8_t opcode, std::string_view payload) {
  loop_.mask_ = loop_.mask_ * 1664525 + 1013904223;
  AppendFrame(out_, static_cast<Opcode>(opcode), payload, loop_.mask_);
  if (std::exchange(dirty_, true)) return;
  loop_.dirty_.push_back(this);
}

void Socket::Flush() {
  dirty_ = false;
  if (fd_ < 0 || state_ == State::kConnecting || out_at_ == out_.size()) return;
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
  if (fd_ < 0 || state_ == State::kConnecting) return;
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
  state_ = State::kClosed;
  paused_ = false;
  // Swapped: an idle generator keeps nothing for connections that are gone.
  std::string().swap(in_);
  std::string().swap(out_);
  out_at_ = 0;
}

void Socket::End(const std::string& why) {
  Shut();
  listener_.OnEnd(why);
}

}  // namespace parley::bench
