#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::bench {

/// What a message of the generator says about itself in its text, so that whoever receives it knows
/// how long it took without asking the sender.
struct Stamp {
  std::uint32_t sender = 0;  ///< index of the person in this run
  std::uint64_t number = 0;  ///< of the sender's messages
  std::int64_t sent_ns = 0;  ///< when it was to be sent; NowNs()
  bool operator==(const Stamp&) const = default;
};

/// The stamp, filled up with letters to `bytes`; longer only if the stamp alone is.
std::string MakeText(const Stamp& stamp, std::size_t bytes);
/// Nothing for a text of somebody else's making.
std::optional<Stamp> ParseText(std::string_view text);

}  // namespace parley::bench
