#include "bus/nats/nats_protocol.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace parley::bus {
namespace {

constexpr std::string_view kEnd = "\r\n";
constexpr std::string_view kMessage = "MSG ";
constexpr std::string_view kMessageWithHeaders = "HMSG ";
/// Subject, subscription, reply, bytes of headers, bytes of all.
constexpr std::size_t kMostTokens = 5;

Status NotTheProtocol(std::string_view line) {
  constexpr std::size_t kShown = 60;
  return Status(StatusCode::kMalformed,
                "the server does not speak NATS: " + std::string(line.substr(0, kShown)));
}

struct Tokens {
  std::array<std::string_view, kMostTokens> all;
  std::size_t count = 0;
  bool too_many = false;
};

Tokens Split(std::string_view text) {
  Tokens tokens;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return tokens;
    text.remove_prefix(begin);
    const std::string_view token = text.substr(0, text.find_first_of(" \t"));
    if (tokens.count == kMostTokens) {
      tokens.too_many = true;
      return tokens;
    }
    tokens.all[tokens.count++] = token;
    text.remove_prefix(token.size());
  }
}

template <class Number>
bool ParseNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

/// What the first line of a message tells.
struct MessageLine {
  NatsFrame frame;
  std::size_t header_bytes = 0;
  std::size_t bytes = 0;  ///< headers and data
};

std::optional<MessageLine> ParseMessageLine(std::string_view arguments, bool with_headers) {
  const Tokens tokens = Split(arguments);
  const std::size_t least = with_headers ? 4 : 3;
  if (tokens.too_many || tokens.count < least || tokens.count > least + 1) return std::nullopt;
  MessageLine line;
  line.frame.kind = NatsFrame::Kind::kMessage;
  line.frame.subject = tokens.all[0];
  if (!ParseNumber(tokens.all[1], line.frame.subscription)) return std::nullopt;
  if (tokens.count > least) line.frame.reply = tokens.all[2];
  if (!ParseNumber(tokens.all[tokens.count - 1], line.bytes)) return std::nullopt;
  if (with_headers && !ParseNumber(tokens.all[tokens.count - 2], line.header_bytes)) {
    return std::nullopt;
  }
  if (line.header_bytes > line.bytes || line.bytes > NatsReader::kMaxMessage) return std::nullopt;
  return line;
}

std::string_view WithoutQuotes(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\'')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\'')) text.remove_suffix(1);
  return text;
}

std::optional<NatsFrame> ParseWord(std::string_view line) {
  using Kind = NatsFrame::Kind;
  if (line == "PING") return NatsFrame{.kind = Kind::kPing};
  if (line == "PONG") return NatsFrame{.kind = Kind::kPong};
  if (line == "+OK") return NatsFrame{.kind = Kind::kOk};
  if (line.starts_with("INFO ")) return NatsFrame{.kind = Kind::kInfo, .text = line.substr(5)};
  if (line.starts_with("-ERR")) {
    return NatsFrame{.kind = Kind::kError, .text = WithoutQuotes(line.substr(4))};
  }
  return std::nullopt;
}

void AppendNumber(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  out.append(digits.begin(), end);
}

}  // namespace

std::span<char> NatsReader::Room() {
  const std::size_t held = end_ - begin_;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, held);
    begin_ = 0;
    end_ = held;
  }
  // A large message gets room as it comes, whatever its line says, and gives it back behind it.
  const std::size_t size = std::max({kRoom, std::min(wanted_, 2 * held), held + 1});
  if (buffer_.size() < size || (buffer_.size() > kRoom && size == kRoom)) {
    buffer_.resize(size);
    buffer_.shrink_to_fit();
  }
  return {buffer_.data() + end_, buffer_.size() - end_};
}

Result<std::optional<NatsFrame>> NatsReader::Next() {
  const std::string_view held(buffer_.data() + begin_, end_ - begin_);
  if (held.size() < wanted_) return std::optional<NatsFrame>();
  const std::size_t line_end = held.find(kEnd);
  if (line_end == std::string_view::npos) {
    if (held.size() > kMaxLine) return NotTheProtocol(held);
    return std::optional<NatsFrame>();
  }
  const std::string_view line = held.substr(0, line_end);
  const std::size_t after_line = line_end + kEnd.size();
  const bool with_headers = line.starts_with(kMessageWithHeaders);
  if (!with_headers && !line.starts_with(kMessage)) {
    std::optional<NatsFrame> frame = ParseWord(line);
    if (!frame) return NotTheProtocol(line);
    begin_ += after_line;
    return frame;
  }
  const std::size_t name = with_headers ? kMessageWithHeaders.size() : kMessage.size();
  std::optional<MessageLine> message = ParseMessageLine(line.substr(name), with_headers);
  if (!message) return NotTheProtocol(line);
  const std::size_t whole = after_line + message->bytes + kEnd.size();
  if (held.size() < whole) {
    wanted_ = whole;
    return std::optional<NatsFrame>();
  }
  if (held.substr(after_line + message->bytes, kEnd.size()) != kEnd) return NotTheProtocol(line);
  message->frame.headers = held.substr(after_line, message->header_bytes);
  message->frame.data =
      held.substr(after_line + message->header_bytes, message->bytes - message->header_bytes);
  wanted_ = 0;
  begin_ += whole;
  return std::optional(message->frame);
}

void AppendConnect(std::string& out, const NatsIntroduction& who) {
  out += "CONNECT ";
  {
    wire::JsonWriter json(out);
    json.BeginObject().Key("verbose").Bool(false).Key("pedantic").Bool(false);
    json.Key("tls_required").Bool(who.tls).Key("name").String(who.name);
    if (!who.user.empty()) json.Key("user").String(who.user).Key("pass").String(who.password);
    // Nothing of its own comes back; and where nobody listens, it is told so in a header.
    json.Key("echo").Bool(false).Key("headers").Bool(true).Key("no_responders").Bool(true);
    json.Key("lang").String("C++").Key("version").String("1").Key("protocol").Int(1).EndObject();
  }
  out += kEnd;
}

void AppendPing(std::string& out) { out += "PING\r\n"; }

void AppendPong(std::string& out) { out += "PONG\r\n"; }

void AppendSubscribe(std::string& out, std::uint64_t subscription, std::string_view subject) {
  out.append("SUB ").append(subject).append(" ");
  AppendNumber(out, subscription);
  out += kEnd;
}

void AppendUnsubscribe(std::string& out, std::uint64_t subscription) {
  out += "UNSUB ";
  AppendNumber(out, subscription);
  out += kEnd;
}

void AppendPublish(std::string& out, std::string_view subject, std::string_view reply,
                   std::string_view data) {
  out.append("PUB ").append(subject).append(" ");
  if (!reply.empty()) out.append(reply).append(" ");
  AppendNumber(out, data.size());
  out.append(kEnd).append(data).append(kEnd);
}

Result<NatsServerInfo> ParseServerInfo(std::string_view json) {
  PARLEY_ASSIGN(const wire::JsonDocument document, wire::JsonDocument::Parse(json));
  // Servers tell much more; what is missing or of another type is as if it were not told.
  const auto flag = [&document](const char* name) {
    bool value = false;
    return document.root()[name].get(value) == simdjson::SUCCESS && value;
  };
  NatsServerInfo info;
  if (std::uint64_t most = 0; document.root()["max_payload"].get(most) == simdjson::SUCCESS) {
    info.max_payload = most;
  }
  info.tls_required = flag("tls_required");
  info.tls_available = flag("tls_available");
  return info;
}

}  // namespace parley::bus
