#include "net/testing/raw_client.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <system_error>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace parley::net {
namespace {

constexpr int kPatienceSeconds = 10;

[[noreturn]] void Fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

int RawClient::MakeSocket() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

RawClient::RawClient(std::uint16_t port) : RawClient(port, MakeSocket()) {}

RawClient::RawClient(std::uint16_t port, int socket) : socket_(socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    Fail("connect");
  }
  const timeval patience{kPatienceSeconds, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const int at_once = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
}

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

void RawClient::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return;  // the server has ended; what it said before can still be read
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawClient::EndSending() const { ::shutdown(socket_, SHUT_WR); }

void RawClient::Reset() {
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  ::close(socket_);
  socket_ = -1;
}

bool RawClient::Fill() {
  std::array<char, 16 * 1024> room{};
  errno = 0;  // an end sets none, and a time-out is told from it by this
  const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
  if (got <= 0) return false;
  buffer_.append(room.data(), static_cast<std::size_t>(got));
  return true;
}

bool RawClient::Await(std::size_t count) {
  while (buffer_.size() < count) {
    if (!Fill()) return false;
  }
  return true;
}

std::string RawClient::Take(std::size_t count) {
  std::string taken = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return taken;
}

RawClient::Response RawClient::ReadResponse(bool head) {
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return {};
  }
  const std::string text = Take(end + 4);
  Response response;
  response.status = std::stoi(text.substr(9, 3));
  for (std::size_t at = text.find("\r\n") + 2; at + 2 < text.size();) {
    const std::size_t line_end = text.find("\r\n", at);
    const std::size_t colon = text.find(": ", at);
    std::string name = text.substr(at, colon - at);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    response.headers[name] = text.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  const auto length = response.headers.find("content-length");
  if (!head && length != response.headers.end()) {
    const std::size_t size = std::stoul(length->second);
    if (!Await(size)) return {};
    response.body = Take(size);
  }
  return response;
}

RawClient::Response RawClient::Get(std::string_view target) {
  Send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n");
  return ReadResponse();
}

RawClient::Response RawClient::Upgrade(std::string_view extra_headers) {
  Send(
      "GET /ws HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      std::string(extra_headers) + "\r\n");
  return ReadResponse();
}

std::string RawClient::MaskedFrame(int opcode, std::string_view payload, bool final) {
  constexpr std::string_view kMask = "\x12\x34\x56\x78";
  std::string frame;
  frame.push_back(static_cast<char>((final ? 0x80 : 0) | opcode));
  const std::size_t size = payload.size();
  const auto append = [&](int bytes) {
    for (int i = bytes - 1; i >= 0; --i) frame.push_back(static_cast<char>(size >> (8 * i)));
  };
  if (size < 126) {
    frame.push_back(static_cast<char>(0x80 | size));
  } else if (size < 65536) {
    frame.push_back(static_cast<char>(0x80 | 126));
    append(2);
  } else {
    frame.push_back(static_cast<char>(0x80 | 127));
    append(8);
  }
  frame += kMask;
  for (std::size_t i = 0; i < size; ++i) {
    frame.push_back(static_cast<char>(payload[i] ^ kMask[i % kMask.size()]));
  }
  return frame;
}

void RawClient::SendFrame(int opcode, std::string_view payload, bool final) const {
  Send(MaskedFrame(opcode, payload, final));
}

void RawClient::SendClose(std::uint16_t code) const {
  SendFrame(8, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)});
}

int RawClient::Frame::close_code() const {
  if (payload.size() < 2) return 0;
  return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
}

RawClient::Frame RawClient::ReadFrame() {
  if (!Await(2)) return {};
  const std::string start = Take(2);
  Frame frame;
  frame.opcode = start[0] & 0x0F;
  std::size_t size = static_cast<unsigned char>(start[1]);
  const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (more > 0) {
    if (!Await(more)) return {};
    size = 0;
    for (const char c : Take(more)) size = size << 8 | static_cast<unsigned char>(c);
  }
  if (!Await(size)) return {};
  frame.payload = Take(size);
  return frame;
}

bool RawClient::ReadToEnd() {
  while (Fill()) {
  }
  return errno != EAGAIN && errno != EWOULDBLOCK;
}

}  // namespace parley::net
