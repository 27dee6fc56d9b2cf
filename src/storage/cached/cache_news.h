#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "model/user.h"

namespace parley::storage::cached {

/// Rows that were written on one node, for the caches of the others: they forget what they keep of
/// them.
struct CacheNews {
  std::vector<UserId> users;
  std::vector<TokenHash> sessions;  ///< by the hash of their token

  bool empty() const { return users.empty() && sessions.empty(); }
  bool operator==(const CacheNews&) const = default;
};

/// As bytes for the bus: a version, then each list with its length before it (wire/records.h has
/// the style). At most kMaxNewsRows of each list are told, the first: a change of more rows at once
/// is left to the ages.
std::string EncodeNews(const CacheNews& news);
inline constexpr std::size_t kMaxNewsRows = 2'000;

/// kDataLoss for anything that EncodeNews does not write; reads no byte beyond.
Result<CacheNews> DecodeNews(std::string_view bytes);

}  // namespace parley::storage::cached
