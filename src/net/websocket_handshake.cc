#include "net/websocket_handshake.h"

#include <algorithm>

#include <boost/beast/core/string.hpp>

namespace parley::net {
namespace {

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool ListNames(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (boost::beast::iequals(Trim(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

bool AnyHeaderNames(const HttpRequest& request, std::string_view header, std::string_view token) {
  return std::ranges::any_of(request.headers, [&](const auto& field) {
    return boost::beast::iequals(field.first, header) && ListNames(field.second, token);
  });
}

/// Base64 of 16 bytes.
bool IsKey(std::string_view key) {
  constexpr std::size_t kLetters = 22;
  const auto letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  return key.size() == kLetters + 2 && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, kLetters), letter);
}

}  // namespace

bool AsksForWebSocket(const HttpRequest& request, bool http11) {
  return http11 && request.method == "GET" && AnyHeaderNames(request, "Upgrade", "websocket") &&
         AnyHeaderNames(request, "Connection", "upgrade");
}

std::optional<Refusal> CheckHandshake(const HttpRequest& request) {
  if (request.CountHeader("Sec-WebSocket-Version") != 1 ||
      request.Header("Sec-WebSocket-Version") != kWebSocketVersion) {
    return Refusal{426, "the only WebSocket version spoken here is 13"};
  }
  if (request.CountHeader("Sec-WebSocket-Key") != 1 ||
      !IsKey(request.Header("Sec-WebSocket-Key"))) {
    return Refusal{400, "Sec-WebSocket-Key must be 16 bytes in Base64"};
  }
  // A proxy that does not know the protocol could take the same bytes for frames.
  if (!request.body.empty()) return Refusal{400, "a WebSocket handshake has no body"};
  return std::nullopt;
}

}  // namespace parley::net
