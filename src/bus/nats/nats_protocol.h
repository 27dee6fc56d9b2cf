#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::bus {

/// What a server of NATS says. Views point into the reader that found it.
/// https://docs.nats.io/reference/reference-protocols/nats-protocol
struct NatsFrame {
  enum class Kind { kInfo, kMessage, kPing, kPong, kOk, kError };
  Kind kind = Kind::kOk;
  std::string_view text = {};      ///< of kInfo: a JSON object; of kError: what is wrong
  std::uint64_t subscription = 0;  ///< of kMessage: who asked for it; this and the following
  std::string_view subject = {};
  std::string_view reply = {};    ///< where to answer; empty: nowhere
  std::string_view headers = {};  ///< with their first line, "NATS/1.0 …"; empty: none
  std::string_view data = {};
};

/// Takes what a server sends apart. Pure.
class NatsReader {
 public:
  /// Room for so much is kept; a message that is larger gets its own.
  static constexpr std::size_t kRoom = std::size_t{64} * 1024;
  /// Of a line, and of a message with its headers: beyond, it is no server of NATS.
  static constexpr std::size_t kMaxLine = std::size_t{64} * 1024;
  static constexpr std::size_t kMaxMessage = std::size_t{64} * 1024 * 1024;

  /// Where the next bytes go; never empty. What Next gave before is gone.
  std::span<char> Room();
  /// So many bytes were put there.
  void Filled(std::size_t bytes) { end_ += bytes; }
  /// The next thing that is there as a whole; nothing: more has to be read. kMalformed: it is not
  /// the protocol, and nothing more can be made of it.
  Result<std::optional<NatsFrame>> Next();

 private:
  std::string buffer_ = std::string(kRoom, '\0');
  std::size_t begin_ = 0;   ///< of what was not taken apart yet
  std::size_t end_ = 0;     ///< of what was read
  std::size_t wanted_ = 0;  ///< bytes from begin_ on that the next frame has; 0: not known
};

/// Who signs in, and as what.
struct NatsIntroduction {
  std::string_view name;       ///< shown by the server to its operator
  std::string_view user = {};  ///< empty: none is asked for
  std::string_view password = {};
  bool tls = false;
};

// What a client says, put at the end of `out`.
void AppendConnect(std::string& out, const NatsIntroduction& who);
void AppendPing(std::string& out);
void AppendPong(std::string& out);
void AppendSubscribe(std::string& out, std::uint64_t subscription, std::string_view subject);
void AppendUnsubscribe(std::string& out, std::uint64_t subscription);
/// `reply` may be empty.
void AppendPublish(std::string& out, std::string_view subject, std::string_view reply,
                   std::string_view data);

/// What a server tells of itself when a connection begins.
struct NatsServerInfo {
  std::size_t max_payload = std::size_t{1024} * 1024;
  bool tls_required = false;
  bool tls_available = false;
};
Result<NatsServerInfo> ParseServerInfo(std::string_view json);

}  // namespace parley::bus
