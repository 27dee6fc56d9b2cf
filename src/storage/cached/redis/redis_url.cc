#include "storage/cached/redis/redis_url.h"

#include <charconv>
#include <optional>

namespace parley::storage::cached {
namespace {

constexpr std::string_view kScheme = "redis://";

Status Wrong(std::string_view what) {
  return {StatusCode::kInvalidArgument, "this is no address of a Redis: " + std::string(what) +
                                            "; write redis://[user]:password@host:port/database"};
}

std::optional<int> Number(std::string_view text, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < 0 || value > most) return std::nullopt;
  return value;
}

std::optional<std::string> Decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    unsigned byte = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const char* const digits = text.data() + i + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
    decoded.push_back(static_cast<char>(byte));
    i += 2;
  }
  return decoded;
}

/// Of "host", "host:port", "[address]", "[address]:port".
Status ReadHost(std::string_view text, RedisAddress* address) {
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string_view::npos) return Wrong("a bracket is not closed");
  address->host = text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
  if (address->host.empty()) return Wrong("it names no host");
  const std::size_t behind = bracketed ? end + 1 : end;
  if (behind >= text.size()) return Status::Ok();
  const std::optional<int> port =
      text[behind] == ':' ? Number(text.substr(behind + 1), 65'535) : std::nullopt;
  if (!port || *port == 0) return Wrong("its port is no number from 1 to 65535");
  address->port = *port;
  return Status::Ok();
}

}  // namespace

Result<RedisAddress> ParseRedisUrl(std::string_view url) {
  if (url.starts_with("rediss://")) {
    return Wrong("TLS (rediss://) is not supported, let it listen on a private network");
  }
  if (!url.starts_with(kScheme)) return Wrong("it does not begin with redis://");
  std::string_view rest = url.substr(kScheme.size());
  RedisAddress address;
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    const std::string_view database = rest.substr(slash + 1);
    const std::optional<int> number = database.empty() ? 0 : Number(database, 65'535);
    if (!number) return Wrong("its database is no number");
    address.database = *number;
    rest = rest.substr(0, slash);
  }
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view who = rest.substr(0, at);
    const std::size_t colon = who.find(':');
    if (colon == std::string_view::npos) return Wrong("it has a user without a password");
    const std::optional<std::string> user = Decode(who.substr(0, colon));
    const std::optional<std::string> password = Decode(who.substr(colon + 1));
    if (!user || !password) return Wrong("a percent sign in its user or password is wrong");
    address.user = *user;
    address.password = *password;
    rest = rest.substr(at + 1);
  }
  PARLEY_TRY(ReadHost(rest, &address));
  return address;
}

}  // namespace parley::storage::cached
