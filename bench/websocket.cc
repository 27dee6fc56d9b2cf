#include "bench/websocket.h"

#include <utility>

#include <fmt/format.h>

namespace parley::bench {
namespace {

constexpr std::size_t kMaxFrameBytes = std::size_t{1024} * 1024;
constexpr std::size_t kMaxHeaderBytes = std::size_t{16} * 1024;
/// Any will do: the server's answer to it is not checked.
constexpr std::string_view kWebSocketKey = "cGFybGV5LWJlbmNoLWtleQ==";

}  // namespace

void WebSocket::Connect(const Target& target, std::string_view path, std::string_view headers) {
  request_ = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n{}"
      "User-Agent: parley-bench/" PARLEY_VERSION "\r\n\r\n",
      path, target.authority, kWebSocketKey, headers);
  socket_.Connect(target);
}

void WebSocket::Send(std::string_view text) {
  if (open_) Queue(Opcode::kText, text);
}

void WebSocket::Close() {
  if (std::exchange(open_, false)) Queue(Opcode::kClose, "\x03\xe8");  // 1000
  socket_.Close();
}

void WebSocket::Abort() {
  open_ = false;
  socket_.Abort();
}

void WebSocket::OnConnected() { socket_.Output() += std::exchange(request_, {}); }

void WebSocket::OnEnd(const std::string& why) {
  open_ = false;
  listener_.OnEnd(why);
}

std::size_t WebSocket::OnBytes(std::string_view bytes) {
  std::size_t used = 0;
  if (!open_) used = TakeUpgrade(bytes);
  while (open_) {
    const ParsedFrame frame = ParseServerFrame(bytes.substr(used), kMaxFrameBytes);
    if (frame.state == ParsedFrame::State::kNeedMore) break;
    if (frame.state == ParsedFrame::State::kBad) {
      socket_.Fail("the server sent a frame that it may not send");
      break;
    }
    used += frame.size;
    TakeFrame(frame.opcode, frame.payload);
  }
  return used;
}

std::size_t WebSocket::TakeUpgrade(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() > kMaxHeaderBytes) socket_.Fail("the answer to the upgrade never ends");
    return 0;
  }
  if (!bytes.starts_with("HTTP/1.1 101")) {
    socket_.Fail(fmt::format("the upgrade was refused: {}", bytes.substr(0, bytes.find('\r'))));
    return 0;
  }
  open_ = true;
  listener_.OnOpen();
  return end + 4;
}

void WebSocket::TakeFrame(Opcode opcode, std::string_view payload) {
  switch (opcode) {
    case Opcode::kText:
      return listener_.OnText(payload);
    case Opcode::kPing:
      return Queue(Opcode::kPong, payload);
    case Opcode::kClose:
      return socket_.Fail(fmt::format("the server closed with {}", CloseCode(payload)));
    default:
      return;
  }
}

void WebSocket::Queue(Opcode opcode, std::string_view payload) {
  mask_ = mask_ * 1664525 + 1013904223;
  AppendFrame(socket_.Output(), opcode, payload, mask_);
}

}  // namespace parley::bench
