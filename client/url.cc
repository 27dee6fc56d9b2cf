#include "client/url.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace parley::client {
namespace {

std::string_view UsualPort(bool tls) { return tls ? "443" : "80"; }

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Status Wrong(std::string_view text) {
  return InvalidArgument(
      fmt::format("\"{}\" is not the address of a server; it looks like http://host:port", text));
}

bool IsPort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

bool IsHost(std::string_view host) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == ':';
  };
  return !host.empty() && std::all_of(host.begin(), host.end(), is_allowed);
}

}  // namespace

std::string ServerUrl::Authority() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  std::string text = ipv6 ? fmt::format("[{}]", host) : host;
  if (port != UsualPort(tls)) text += ":" + port;
  return text;
}

std::string ServerUrl::ToString() const { return (tls ? "https://" : "http://") + Authority(); }

Result<ServerUrl> ParseServerUrl(std::string_view text) {
  ServerUrl url;
  std::string_view rest = text;
  url.tls = TakePrefix(rest, "https://");
  if (!url.tls && !TakePrefix(rest, "http://") && rest.find("://") != std::string_view::npos) {
    return Wrong(text);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);

  const bool ipv6 = rest.starts_with('[');
  const std::size_t host_end = ipv6 ? rest.find(']') : std::min(rest.find(':'), rest.size());
  if (host_end == std::string_view::npos) return Wrong(text);
  url.host = rest.substr(ipv6 ? 1 : 0, host_end - (ipv6 ? 1 : 0));
  rest.remove_prefix(host_end + (ipv6 ? 1 : 0));
  url.port = TakePrefix(rest, ":") ? rest : UsualPort(url.tls);
  const bool complete = url.port == rest || rest.empty();
  if (!complete || !IsPort(url.port) || !IsHost(url.host)) return Wrong(text);
  return url;
}

}  // namespace parley::client
