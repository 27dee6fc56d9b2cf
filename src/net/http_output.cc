#include "net/http_output.h"

#include <algorithm>
#include <iterator>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace parley::net {
namespace {

std::string_view Reason(int status) {
  const auto text = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  return {text.data(), text.size()};
}

constexpr bool BreaksLine(char c) { return c == '\r' || c == '\n' || c == '\0'; }

/// A line break in a value would begin another header or answer.
void AppendOneLine(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out += text;
  // Counted without stopping, many at a time: there is none but where something is wrong.
  if (std::ranges::count_if(text, BreaksLine) == 0) return;
  out.erase(std::remove_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), BreaksLine),
            out.end());
}

}  // namespace

bool MayHaveBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string RenderHead(const HttpResponse& response, const Exchange& exchange,
                       std::string_view date) {
  std::string head;
  head.reserve(512);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 Reason(response.status), date);
  for (const auto& [name, value] : response.headers) {
    AppendOneLine(head, name);
    head += ": ";
    AppendOneLine(head, value);
    head += "\r\n";
  }
  if (MayHaveBody(response.status)) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.Content().size());
  }
  if (!exchange.keep_alive) {
    head += "Connection: close\r\n";
  } else if (!exchange.http11) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  return head;
}

}  // namespace parley::net
