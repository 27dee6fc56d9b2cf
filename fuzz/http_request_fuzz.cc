// The bytes of HTTP requests: net::RequestParser, fed whole, byte by byte and in pieces. All three
// must see the same request, or none. (What is wrong may show earlier in one piece than in several,
// where Beast waits for the end of the headers: one refuses what the others never finish.)

#include <algorithm>
#include <string>
#include <utility>

#include <boost/beast/core/string.hpp>

#include "fuzz/check.h"
#include "net/request_parser.h"
#include "net/websocket_handshake.h"

namespace parley::net {
namespace {

constexpr std::size_t kHeaderBytes = 1'024;
constexpr std::size_t kBodyBytes = 512;

struct Parsed {
  int refused = 0;
  bool done = false;
  bool keep_alive = false;
  bool http11 = false;
  std::size_t consumed = 0;  ///< of a request that is done: its length
  HttpRequest request;
};

/// Feeds pieces of the lengths that `next` says, as a connection does: what was not taken comes
/// again, with more behind it.
template <class Next>
Parsed Feed(std::string_view bytes, Next next) {
  RequestParser parser(kHeaderBytes, kBodyBytes);
  std::string buffer;
  Parsed parsed;
  while (!bytes.empty() && !parser.done() && !parser.refusal()) {
    const std::size_t piece = std::min(next(), bytes.size());
    buffer += bytes.substr(0, piece);
    bytes.remove_prefix(piece);
    bool again = true;
    while (again && !buffer.empty()) {
      const bool in_header = !parser.header_done();
      const std::size_t taken = parser.Put(buffer);
      FUZZ_CHECK(taken <= buffer.size());
      parsed.consumed += taken;
      buffer.erase(0, taken);
      // Bounded: what is kept for later is never more than one may send.
      again = in_header && parser.header_done() && !parser.done() && !parser.refusal();
    }
    if (!parser.done() && !parser.refusal()) FUZZ_CHECK(buffer.size() <= kHeaderBytes);
  }
  if (parser.refusal()) {
    parsed.refused = parser.refusal()->status;
    FUZZ_CHECK(parsed.refused >= 400 && parsed.refused < 600);
    FUZZ_CHECK(!parser.refusal()->detail.empty());
  } else if (parser.done()) {
    parsed.done = true;
    parsed.keep_alive = parser.keep_alive();
    parsed.http11 = parser.http11();
    parsed.request = parser.Take();
  }
  return parsed;
}

bool HasLineBreak(std::string_view text) { return text.find_first_of("\r\n") != text.npos; }

/// One length, said in digits, as often as one likes; or chunks, said once.
void CheckLength(const HttpRequest& request) {
  const std::size_t codings = request.CountHeader("Transfer-Encoding");
  FUZZ_CHECK(codings <= 1);
  for (const auto& [name, value] : request.headers) {
    if (!boost::beast::iequals(name, "Content-Length")) continue;
    FUZZ_CHECK(codings == 0);
    FUZZ_CHECK(!value.empty() && value.find_first_not_of("0123456789") == std::string::npos);
    FUZZ_CHECK(std::stoull(value) == request.body.size());
  }
}

void CheckRequest(const Parsed& parsed, std::string_view bytes) {
  const HttpRequest& request = parsed.request;
  FUZZ_CHECK(!request.method.empty());
  FUZZ_CHECK(!request.target.empty());
  FUZZ_CHECK(request.target.find_first_of(" \t\r\n") == std::string::npos);
  FUZZ_CHECK(request.body.size() <= kBodyBytes);
  FUZZ_CHECK(parsed.consumed <= bytes.size());
  std::size_t header_bytes = 0;
  for (const auto& [name, value] : request.headers) {
    FUZZ_CHECK(!name.empty());
    FUZZ_CHECK(!HasLineBreak(name) && !HasLineBreak(value));
    header_bytes += name.size() + value.size();
  }
  FUZZ_CHECK(header_bytes <= kHeaderBytes);
  // Nothing by which another server could see another end of it.
  CheckLength(request);
  FUZZ_CHECK(request.CountHeader("Host") <= 1);
  if (parsed.http11) FUZZ_CHECK(request.CountHeader("Host") == 1);
  if (AsksForWebSocket(request, parsed.http11)) {
    if (const auto refusal = CheckHandshake(request)) FUZZ_CHECK(refusal->status >= 400);
  }
}

void CheckSame(const Parsed& one, const Parsed& other) {
  FUZZ_CHECK(one.done == other.done);
  FUZZ_CHECK(one.keep_alive == other.keep_alive);
  if (!one.done) return;
  FUZZ_CHECK(one.consumed == other.consumed);
  FUZZ_CHECK(one.request.method == other.request.method);
  FUZZ_CHECK(one.request.target == other.request.target);
  FUZZ_CHECK(one.request.headers == other.request.headers);
  FUZZ_CHECK(one.request.body == other.request.body);
}

}  // namespace
}  // namespace parley::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::net;
  const std::string_view bytes = parley::fuzz::AsText(data, size);
  const Parsed whole = Feed(bytes, [&] { return bytes.size(); });
  if (whole.done) CheckRequest(whole, bytes);
  CheckSame(whole, Feed(bytes, [] { return std::size_t{1}; }));
  parley::fuzz::Cuts cuts(bytes);
  CheckSame(whole, Feed(bytes, [&] { return cuts.Next(); }));
  return 0;
}
