#include "bench/protocols/nats_codec.h"

#include <charconv>
#include <cstdint>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

namespace parley::bench {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMaxLine = std::size_t{64} * 1024;
constexpr std::size_t kMaxPayload = std::size_t{1024} * 1024;

/// Takes the word at the start of `line`, and the blanks behind it.
std::string_view TakeWord(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return word;
}

/// MSG subject sid [reply] size, of which `line` is what follows MSG.
NatsFrame ParseMessage(std::string_view bytes, std::string_view line, std::size_t header) {
  NatsFrame frame;
  frame.subject = TakeWord(line);
  const std::string_view count = line.substr(line.rfind(' ') + 1);
  std::uint32_t size = 0;
  const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), size);
  if (error != std::errc() || end != count.data() + count.size() || size > kMaxPayload) {
    frame.kind = NatsFrame::Kind::kBad;
    return frame;
  }
  if (bytes.size() < header + size + kLineEnd.size()) return frame;
  frame.kind = bytes.substr(header + size, kLineEnd.size()) == kLineEnd ? NatsFrame::Kind::kMessage
                                                                        : NatsFrame::Kind::kBad;
  frame.payload = bytes.substr(header, size);
  frame.size = header + size + kLineEnd.size();
  return frame;
}

}  // namespace

void AppendNatsPublish(std::string& out, std::string_view subject, std::string_view reply,
                       std::string_view payload) {
  fmt::format_to(std::back_inserter(out), "PUB {} {}{}{}\r\n", subject, reply,
                 reply.empty() ? "" : " ", payload.size());
  out.append(payload).append(kLineEnd);
}

void AppendNatsSubscribe(std::string& out, std::string_view subject, int sid) {
  fmt::format_to(std::back_inserter(out), "SUB {} {}\r\n", subject, sid);
}

NatsFrame ParseNats(std::string_view bytes) {
  const std::size_t end = bytes.find(kLineEnd);
  if (end == std::string_view::npos) {
    NatsFrame frame;
    if (bytes.size() > kMaxLine) frame.kind = NatsFrame::Kind::kBad;
    return frame;
  }
  std::string_view line = bytes.substr(0, end);
  const std::string_view word = TakeWord(line);
  const std::size_t size = end + kLineEnd.size();
  if (word == "MSG") return ParseMessage(bytes, line, size);
  if (word == "INFO") return {NatsFrame::Kind::kInfo, {}, line, size};
  if (word == "PING") return {NatsFrame::Kind::kPing, {}, {}, size};
  if (word == "PONG") return {NatsFrame::Kind::kPong, {}, {}, size};
  if (word == "+OK") return {NatsFrame::Kind::kOk, {}, {}, size};
  if (word == "-ERR") return {NatsFrame::Kind::kError, {}, line, size};
  return {NatsFrame::Kind::kBad, {}, {}, size};
}

}  // namespace parley::bench
