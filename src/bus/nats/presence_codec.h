#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/fleet.h"
#include "bus/presence.h"

namespace parley::bus {

/// Which of these people are connected with a node.
struct HeldNews {
  NodeId node;
  std::vector<PresenceNews> news;

  bool operator==(const HeldNews&) const = default;
};

/// Between processes; fields are only ever added behind. Decoding answers kDataLoss where it is
/// none of its kind.
std::string EncodeHeldNews(const HeldNews& news);
Result<HeldNews> DecodeHeldNews(std::string_view bytes);
std::string EncodePeople(const std::vector<UserId>& people);
Result<std::vector<UserId>> DecodePeople(std::string_view bytes);

}  // namespace parley::bus
