#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::storage::cached {

/// Where a Redis listens, and who we are to it.
struct RedisAddress {
  std::string host;
  int port = 6379;
  std::string user;      ///< empty: the default one
  std::string password;  ///< empty: none
  int database = 0;
};

/// Reads `redis://[[user]:password@]host[:port][/database]`; user and password may be
/// percent-encoded, an IPv6 address stands in brackets. kInvalidArgument, without the password in
/// it, for anything else.
/// (https://www.iana.org/assignments/uri-schemes/prov/redis)
Result<RedisAddress> ParseRedisUrl(std::string_view url);

}  // namespace parley::storage::cached
