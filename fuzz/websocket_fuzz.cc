// The bytes of a WebSocket: net::WebSocketStream on one end of a socket pair, held to a plain
// reading of RFC 6455. The first byte of the input chooses how the others arrive.

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <simdjson.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz/check.h"
#include "net/websocket_stream.h"
#include "runtime/shard.h"

namespace parley::net {
namespace {

constexpr std::size_t kMaxMessage = 1'000;

struct Message {
  bool text = false;
  std::string payload;
  bool operator==(const Message&) const = default;
};

struct Seen {
  std::vector<Message> messages;
  std::size_t controls = 0;  ///< pings and pongs
  std::optional<WebSocketRead::Kind> end;
  bool operator==(const Seen&) const = default;
};

// -- What is expected -----------------------------------------------------------------------------

struct Header {
  bool final = false;
  int opcode = 0;
  std::uint64_t length = 0;
  std::array<char, 4> mask{};
  std::size_t size = 0;
};

constexpr int kContinuation = 0;
constexpr int kText = 1;
constexpr int kBinary = 2;
constexpr int kClose = 8;
constexpr int kPong = 10;

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

enum class HeaderKind { kWhole, kShort, kWrong };

/// RFC 6455, 5.2, as a server reads it.
HeaderKind ReadHeader(std::string_view bytes, Header& header) {
  if (bytes.size() < 2) return HeaderKind::kShort;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  header.final = (first & 0x80) != 0;
  header.opcode = first & 0x0F;
  const bool control = header.opcode >= kClose;
  const bool masked = (second & 0x80) != 0;
  const int length = second & 0x7F;
  const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
  header.size = 2 + extra + 4;
  if (bytes.size() < header.size) return HeaderKind::kShort;
  if ((first & 0x70) != 0 || !masked) return HeaderKind::kWrong;
  if (header.opcode > kPong || (header.opcode > kBinary && !control)) return HeaderKind::kWrong;
  if (control && (!header.final || length > 125)) return HeaderKind::kWrong;
  header.length =
      extra == 0 ? static_cast<std::uint64_t>(length) : BigEndian(bytes.substr(2, extra));
  if (extra == 2 && header.length < 126) return HeaderKind::kWrong;
  if (extra == 8 && (header.length < 65'536 || header.length >> 63 != 0)) return HeaderKind::kWrong;
  std::copy_n(bytes.substr(2 + extra).begin(), 4, header.mask.begin());
  return HeaderKind::kWhole;
}

std::string Unmask(std::string_view bytes, const Header& header) {
  std::string plain(bytes);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    plain[i] = static_cast<char>(plain[i] ^ header.mask[i % 4]);
  }
  return plain;
}

/// Whether something behind it makes it valid: wrong text is refused as soon as it is seen.
bool MayBecomeUtf8(const std::string& text) {
  if (simdjson::validate_utf8(text)) return true;
  constexpr std::string_view kFollowing = "\x80\x90\xA0";  // one of each kind
  std::vector<std::string> longer{text};
  for (int added = 0; added < 3; ++added) {
    std::vector<std::string> next;
    for (const std::string& shorter : longer) {
      for (const char c : kFollowing) next.push_back(shorter + c);
    }
    longer = std::move(next);
    if (std::ranges::any_of(longer, [](const auto& t) { return simdjson::validate_utf8(t); })) {
      return true;
    }
  }
  return false;
}

bool IsValidClose(std::string_view payload) {
  if (payload.empty()) return true;
  if (payload.size() == 1) return false;
  const std::uint64_t code = BigEndian(payload.substr(0, 2));
  const bool standard = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013);
  const bool own = code >= 3000;  // what lies above 4999 is not laid down: taken as it comes
  return (standard || own) && simdjson::validate_utf8(payload.substr(2));
}

/// What a stream must make of `bytes`. Without an end where the bytes stop in the middle of a
/// frame that is bound to be wrong: how early that is seen is not laid down.
Seen Expected(std::string_view bytes) {
  Seen seen;
  std::optional<Message> open;
  while (true) {
    Header header;
    const HeaderKind kind = ReadHeader(bytes, header);
    if (kind == HeaderKind::kWrong) break;
    if (kind == HeaderKind::kShort) return seen;
    const bool control = header.opcode >= kClose;
    if (!control) {
      if ((header.opcode == kContinuation) != open.has_value()) break;
      if (!open) open.emplace().text = header.opcode == kText;
      if (header.length > kMaxMessage - open->payload.size()) break;
    }
    bytes.remove_prefix(header.size);
    if (bytes.size() < header.length) return seen;
    const std::string payload = Unmask(bytes.substr(0, header.length), header);
    bytes.remove_prefix(header.length);
    if (header.opcode == kClose) {
      if (!IsValidClose(payload)) break;
      seen.end = WebSocketRead::Kind::kClosed;
      return seen;
    }
    if (control) {
      ++seen.controls;
      continue;
    }
    open->payload += payload;
    if (open->text && !MayBecomeUtf8(open->payload)) break;
    if (!header.final) continue;
    if (open->text && !simdjson::validate_utf8(open->payload)) break;
    seen.messages.push_back(*std::exchange(open, std::nullopt));
  }
  seen.end = WebSocketRead::Kind::kViolation;
  return seen;
}

// -- What is seen ---------------------------------------------------------------------------------

class Host : public WebSocketHost, public std::enable_shared_from_this<Host> {
 public:
  Host(runtime::Shard& shard, int socket, std::size_t room, std::string early)
      : socket_(shard.executor()),
        room_(room, '\0'),
        stream_(*this, kMaxMessage, std::move(early)) {
    socket_.assign(boost::asio::ip::tcp::v4(), socket);
  }

  void Begin() {
    stream_.Accept("dGhlIHNhbXBsZSBub25jZQ==", {"parley.v1", {}}, shared_from_this());
  }
  void Stop() { socket_.close(); }

  Socket& socket() override { return socket_; }
  void OnProtocolBytes(std::string bytes) override {
    FUZZ_CHECK(!bytes.empty());
    if (std::exchange(answered_, true)) {
      // One whole control frame, unmasked.
      FUZZ_CHECK(bytes.size() >= 2 && (bytes[0] & 0x78) == 0x08 && (bytes[0] & 0x80) != 0);
      FUZZ_CHECK(static_cast<std::size_t>(bytes[1]) + 2 == bytes.size());
    } else {
      FUZZ_CHECK(bytes.starts_with("HTTP/1.1 101 ") && bytes.ends_with("\r\n\r\n"));
    }
  }
  void OnInputAwaited() override {}
  void OnAccepted(bool ok) override {
    FUZZ_CHECK(ok);
    Read();
  }
  void OnRead(WebSocketRead read) override {
    FUZZ_CHECK(!seen.end && read.bytes <= room_.size());
    message_.payload.append(room_, 0, read.bytes);
    FUZZ_CHECK(message_.payload.size() <= kMaxMessage);
    if (read.kind == WebSocketRead::Kind::kMessage) {
      message_.text = read.text;
      if (read.text && read.bytes == 0 && !simdjson::validate_utf8(message_.payload)) {
        seen.end = WebSocketRead::Kind::kViolation;  // left to the host
        return;
      }
      seen.messages.push_back(std::exchange(message_, {}));
    } else if (read.kind != WebSocketRead::Kind::kPart) {
      seen.end = read.kind;
      return;
    }
    Read();
  }
  void OnExtraFrames(std::size_t /*count*/) override {}
  void OnControlFrame() override { ++seen.controls; }

  Seen seen;

 private:
  void Read() { stream_.Read(room_, shared_from_this()); }

  Socket socket_;
  std::string room_;
  WebSocketStream stream_;
  Message message_;
  bool answered_ = false;
};

void Run(runtime::Shard& shard) {
  while (shard.RunUntilIdle()) {
  }
}

/// The first `early` bytes come with the handshake, the others in pieces.
template <class Next>
Seen Receive(std::string_view bytes, std::size_t early, std::size_t room, Next next) {
  std::array<int, 2> ends{};
  FUZZ_CHECK(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  runtime::Shard shard;
  const auto host =
      std::make_shared<Host>(shard, ends[0], room, std::string(bytes.substr(0, early)));
  host->Begin();
  Run(shard);
  bytes.remove_prefix(early);
  while (!bytes.empty() && !host->seen.end) {
    const std::size_t piece = std::min(next(), bytes.size());
    FUZZ_CHECK(::send(ends[1], bytes.data(), piece, MSG_NOSIGNAL) == static_cast<ssize_t>(piece));
    bytes.remove_prefix(piece);
    Run(shard);
  }
  ::close(ends[1]);
  Run(shard);
  FUZZ_CHECK(host->seen.end.has_value());
  host->Stop();
  Run(shard);
  return host->seen;
}

void Check(const Seen& seen, const Seen& expected) {
  FUZZ_CHECK(seen.messages == expected.messages);
  if (expected.end) {
    FUZZ_CHECK(seen.end == expected.end);
    FUZZ_CHECK(seen.controls == expected.controls);
  } else {
    FUZZ_CHECK(seen.end == WebSocketRead::Kind::kBroken ||
               seen.end == WebSocketRead::Kind::kViolation);
  }
}

}  // namespace
}  // namespace parley::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::net;
  if (size == 0) return 0;
  const std::string_view bytes = parley::fuzz::AsText(data + 1, size - 1);
  const Seen expected = Expected(bytes);
  Check(Receive(bytes, bytes.size(), 512, [] { return std::size_t{1}; }), expected);
  const std::size_t early = data[0] % (bytes.size() + 1);
  parley::fuzz::Cuts cuts(bytes);
  Check(Receive(bytes, data[0] % 2 == 0 ? early : 0, 1 + data[0] % 64, [&] { return cuts.Next(); }),
        expected);
  return 0;
}
