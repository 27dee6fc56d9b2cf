#include "net/request_parser.h"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace parley::net {
namespace {

namespace http = boost::beast::http;

/// Of a body whose length the client announced, what is reserved before it came.
constexpr std::uint64_t kReserve = 16 * 1024;

/// The shortest that a body in chunks can end with (RFC 9112, 7.1).
constexpr std::string_view kLastChunk = "0\r\n\r\n";

constexpr std::string_view kHeadersTooLarge = "the request line and headers are too large";
/// Each costs memory many times its own size.
constexpr std::size_t kMaxHeaders = 100;

/// Whether a Host header can name a host and port, or nothing (RFC 9110, 7.2; RFC 3986, 3.2.2). It
/// comes back to people in links.
bool CanBeHost(std::string_view host) {
  return std::ranges::all_of(host, [](char c) {
    constexpr std::string_view kOthers = "-._~!$&'()*+,;=%[]:";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

/// A value that goes on in the next line (RFC 9112, 5.2). Deprecated, and read differently by
/// different servers. `lines` are whole.
bool HasFoldedLine(std::string_view lines) {
  return lines.find("\r\n ") != std::string_view::npos ||
         lines.find("\r\n\t") != std::string_view::npos;
}

/// Whether a request line whose version was not accepted is well-formed: then it is one that we do
/// not speak.
bool NamesAVersion(std::string_view line) {
  constexpr std::string_view kForm = " HTTP/x.y";
  if (line.size() < kForm.size() || std::ranges::count(line, ' ') != 2) return false;
  line.remove_prefix(line.size() - kForm.size());
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return line.starts_with(" HTTP/") && digit(line[6]) && line[7] == '.' && digit(line[8]);
}

/// Whether a line ends in a line feed alone: some servers take that for an end, and would see
/// another request than we do.
bool HasBareLineFeed(std::string_view bytes) {
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return true;
  }
  return false;
}

}  // namespace

RequestParser::RequestParser(std::size_t header_bytes, std::size_t body_bytes)
    : header_bytes_(header_bytes) {
  header_limit(static_cast<std::uint32_t>(header_bytes));
  body_limit(body_bytes);
}

std::size_t RequestParser::Put(std::string_view bytes) {
  // Beast aborts the program where a last chunk comes in smaller pieces. Nothing shorter ends a
  // body.
  if (header_done_ && chunked() && bytes.starts_with('0') && bytes.size() < kLastChunk.size()) {
    pending_ = true;
    return 0;
  }
  ErrorCode error;
  const std::size_t taken = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  const std::string_view rest = bytes.substr(taken);
  pending_ = !rest.empty();
  if (!header_done_) {
    header_size_ += taken;
    if (HasFoldedLine(bytes.substr(0, taken))) {
      Refuse(400, "a header must stand in one line");
      return taken;
    }
  }

  if (error == http::error::need_more) {
    if (!header_done_ && HasBareLineFeed(rest)) Refuse(400, "lines end in CR LF");
    const std::size_t waiting = header_done_ ? rest.size() : header_size_ + rest.size();
    if (waiting >= header_bytes_) RefuseFor(http::error::header_limit, rest);
  } else if (error) {
    RefuseFor(error, rest);
  } else if (!header_done_ && is_header_done()) {
    header_done_ = true;
    eager(true);
    if (header_size_ > header_bytes_) {
      Refuse(431, kHeadersTooLarge);
    } else {
      CheckHeaders();
    }
  }
  return taken;
}

void RequestParser::Refuse(int status, std::string_view detail) {
  if (!refusal_) refusal_ = Refusal{status, detail};
}

std::uint64_t RequestParser::body_bytes() const {
  const auto announced = content_length();
  return std::max<std::uint64_t>(announced ? *announced : 0, request_.body.size());
}

HttpRequest RequestParser::Head() const {
  HttpRequest head;
  head.method = request_.method;
  head.target = request_.target;
  head.headers = request_.headers;
  return head;
}

void RequestParser::RefuseFor(const ErrorCode& error, std::string_view rest) {
  if (error == http::error::header_limit) {
    const bool in_first_line = request_.target.empty() && rest.find('\n') == std::string_view::npos;
    if (in_first_line) return Refuse(414, "the request line is too long");
    return Refuse(431, kHeadersTooLarge);
  }
  if (error == http::error::body_limit) return Refuse(413, "the body is too large");
  if (error == http::error::bad_version && NamesAVersion(rest.substr(0, rest.find("\r\n")))) {
    return Refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  }
  Refuse(400, "the request is not well-formed HTTP");
}

void RequestParser::CheckHeaders() {
  const std::size_t hosts = request_.CountHeader("Host");
  if (hosts > 1 || (http11() && hosts == 0)) {
    return Refuse(400, "a request must have exactly one Host header");
  }
  if (!CanBeHost(request_.Header("Host"))) return Refuse(400, "the Host header names no host");
  const std::size_t codings = request_.CountHeader("Transfer-Encoding");
  if (codings > 0) {
    if (request_.CountHeader("Content-Length") > 0) {
      return Refuse(400, "Content-Length and Transfer-Encoding exclude each other");
    }
    if (!http11()) return Refuse(400, "HTTP/1.0 knows no Transfer-Encoding");
    // Beast takes a body that ends in another coding for no body at all.
    if (codings > 1 || !boost::beast::iequals(request_.Header("Transfer-Encoding"), "chunked")) {
      return Refuse(501, "the only transfer coding known here is chunked");
    }
  }
  const std::string_view expect = request_.Header("Expect");
  if (http11() && !expect.empty()) {
    if (!boost::beast::iequals(expect, "100-continue")) {
      return Refuse(417, "the only expectation known here is 100-continue");
    }
    expects_continue_ = true;
  }
}

void RequestParser::on_request_impl(http::verb /*method*/, StringView method_string,
                                    StringView target, int version, ErrorCode& /*error*/) {
  request_.method.assign(method_string.data(), method_string.size());
  request_.target.assign(target.data(), target.size());
  version_ = version;
}

void RequestParser::on_response_impl(int /*code*/, StringView /*reason*/, int /*version*/,
                                     ErrorCode& error) {
  error = http::error::bad_method;  // a parser of requests never comes here
}

void RequestParser::on_field_impl(Field /*field*/, StringView name, StringView value,
                                  ErrorCode& error) {
  // Trailers are dropped: merged into the headers they could change what was already decided.
  if (header_done_) return;
  if (request_.headers.size() == kMaxHeaders) {
    error = http::error::header_limit;
    return;
  }
  request_.headers.emplace_back(std::string(name.data(), name.size()),
                                std::string(value.data(), value.size()));
}

void RequestParser::on_header_impl(ErrorCode& /*error*/) {}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length,
                                      ErrorCode& /*error*/) {
  if (length) request_.body.reserve(static_cast<std::size_t>(std::min(*length, kReserve)));
}

std::size_t RequestParser::on_body_impl(StringView body, ErrorCode& /*error*/) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t /*size*/, StringView /*extensions*/,
                                         ErrorCode& /*error*/) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*remain*/, StringView body,
                                              ErrorCode& /*error*/) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

void RequestParser::on_finish_impl(ErrorCode& /*error*/) {}

}  // namespace parley::net
