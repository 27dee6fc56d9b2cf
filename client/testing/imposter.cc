#include "client/testing/imposter.h"

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <utility>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "client/json.h"

namespace parley::client {
namespace {

constexpr int kPatienceMs = 5'000;

// RFC 6455, 5.2.
constexpr std::uint8_t kTextFrame = 0x81;
constexpr std::uint8_t kCloseFrame = 0x88;

bool WaitReadable(int socket) {
  pollfd waiting{socket, POLLIN, 0};
  return poll(&waiting, 1, kPatienceMs) > 0;
}

void SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void SendFrame(int socket, std::uint8_t type, std::string_view payload) {
  std::string frame(1, static_cast<char>(type));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    frame += static_cast<char>(126);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xFFU);
  }
  SendAll(socket, frame.append(payload));
}

std::string HeaderOf(const std::string& head, const std::string& name) {
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + 2 + name.size() + 2;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

/// RFC 6455, 4.2.2.
std::string AcceptKey(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 64> base64{};
  const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(size)};
}

/// Reads until `enough` of what has been read so far holds; false if the client is gone before.
bool ReadUntil(int socket, std::string& text, const std::function<bool()>& enough) {
  std::array<char, 4096> buffer{};
  while (!enough()) {
    if (!WaitReadable(socket)) return false;
    const ssize_t size = recv(socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

ImposterPeer::~ImposterPeer() { close(socket_); }

void ImposterPeer::Send(const std::string& json) { SendFrame(socket_, kTextFrame, json); }

void ImposterPeer::SendClose(std::uint16_t code) {
  const std::string payload = {static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
  SendFrame(socket_, kCloseFrame, payload);
}

std::string ImposterPeer::ReadExactly(std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    if (!WaitReadable(socket_)) return {};
    const ssize_t got = recv(socket_, bytes.data() + have, size - have, 0);
    if (got <= 0) return {};
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string ImposterPeer::Receive() {
  const std::string head = ReadExactly(2);
  if (head.empty()) return {};
  std::size_t size = static_cast<std::uint8_t>(head[1]) & 0x7FU;
  if (size == 126) {
    const std::string longer = ReadExactly(2);
    if (longer.empty()) return {};
    size = static_cast<std::size_t>(static_cast<std::uint8_t>(longer[0])) << 8U |
           static_cast<std::uint8_t>(longer[1]);
  }
  const std::string mask = ReadExactly(4);
  std::string payload = ReadExactly(size);
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return static_cast<std::uint8_t>(head[0]) == kTextFrame ? payload : std::string();
}

std::string ImposterPeer::ReceiveOf(const std::string& type) {
  while (true) {
    std::string text = Receive();
    const Result<JsonDocument> document = JsonDocument::Parse(text);
    if (!document.ok() || document->root()["type"].Str() == type) return text;
  }
}

Imposter::Imposter(Handler handler)
    : handler_(std::move(handler)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool listening =
      bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      listen(listener_, 16) == 0;
  if (!listening) throw std::runtime_error("the imposter found no port");
  thread_ = std::thread([this] { Loop(); });
}

Imposter::~Imposter() {
  eventfd_write(stop_, 1);
  thread_.join();
  close(listener_);
  close(stop_);
}

std::string Imposter::url() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  return fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
}

std::unique_ptr<ImposterPeer> Imposter::Accept(std::chrono::milliseconds within) {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait_for(lock, within, [this] { return !peers_.empty(); })) return nullptr;
  std::unique_ptr<ImposterPeer> peer = std::move(peers_.front());
  peers_.pop_front();
  return peer;
}

std::vector<Imposter::Request> Imposter::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void Imposter::Loop() {
  while (true) {
    std::array<pollfd, 2> waiting = {pollfd{listener_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    poll(waiting.data(), waiting.size(), -1);
    if (waiting[1].revents != 0) return;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) Serve(socket);
  }
}

void Imposter::Serve(int socket) {
  std::string text;
  std::size_t head_end = std::string::npos;
  const bool has_head = ReadUntil(
      socket, text, [&] { return (head_end = text.find("\r\n\r\n")) != std::string::npos; });
  if (!has_head) {
    close(socket);
    return;
  }
  const std::string head = text.substr(0, head_end + 2);
  if (const std::string key = HeaderOf(head, "Sec-WebSocket-Key"); !key.empty()) {
    SendAll(socket,
            fmt::format(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Protocol: parley.v1\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                AcceptKey(key)));
    const std::lock_guard lock(mutex_);
    peers_.push_back(std::make_unique<ImposterPeer>(socket, head));
    arrived_.notify_all();
    return;
  }
  const std::size_t body_size = std::strtoul(HeaderOf(head, "Content-Length").c_str(), nullptr, 10);
  if (ReadUntil(socket, text, [&] { return text.size() >= head_end + 4 + body_size; })) {
    const std::size_t method_end = head.find(' ');
    const std::size_t target_end = head.find(' ', method_end + 1);
    const Request request{head.substr(0, method_end),
                          head.substr(method_end + 1, target_end - method_end - 1),
                          text.substr(head_end + 4)};
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    const Reply reply = handler_(request);
    SendAll(
        socket,
        fmt::format("HTTP/1.1 {} Reply\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
                    "Connection: close\r\n\r\n{}",
                    reply.status, reply.body.size(), reply.body));
  }
  close(socket);
}

}  // namespace parley::client
