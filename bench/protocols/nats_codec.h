#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::bench {

// The client's side of the text protocol of NATS
// (https://docs.nats.io/reference/reference-protocols/nats-protocol), without headers.

/// Appends PUB; `reply` may be empty.
void AppendNatsPublish(std::string& out, std::string_view subject, std::string_view reply,
                       std::string_view payload);
void AppendNatsSubscribe(std::string& out, std::string_view subject, int sid);

struct NatsFrame {
  enum class Kind { kNeedMore, kBad, kInfo, kOk, kPing, kPong, kError, kMessage };
  Kind kind = Kind::kNeedMore;
  std::string_view subject;  ///< of a message
  std::string_view payload;  ///< of a message, or what INFO and -ERR say
  std::size_t size = 0;      ///< of the whole frame
};

/// The server's frame at the start of `bytes`; views point into them.
NatsFrame ParseNats(std::string_view bytes);

}  // namespace parley::bench
