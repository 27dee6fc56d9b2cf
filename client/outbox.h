#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/ids.h"

namespace parley::client {

/// A message on its way. `client_id` names it for good: the server stores it once, however often it
/// is sent.
struct OutgoingMessage {
  ConversationId conversation_id;
  ClientId client_id;
  std::string text;
  std::optional<Seq> reply_to;
};

/// Messages that the server has not yet said it has stored, in the order of sending. They go out
/// while the connection is live, and again on the next one, until acked or refused for good. Of one
/// conversation one at a time is on its way, so that their order holds even when one is refused for
/// a while. No I/O. One thread.
class Outbox {
 public:
  static constexpr std::size_t kMaxMessages = 1'000;

  /// kRateLimited if kMaxMessages are waiting.
  Status Add(OutgoingMessage message);

  /// The frames to send now; each is then on its way.
  std::vector<std::string> TakeDue();

  void OnLive() { live_ = true; }
  void OnDisconnected();
  /// Takes the message that `ref` names; none if there is no such one (acked before).
  std::optional<OutgoingMessage> OnAck(std::string_view ref);

  struct Refusal {
    /// Set: refused for good, and taken out. Otherwise it stays, and nothing is sent until
    /// Unpause(), due after `retry_in`.
    std::optional<OutgoingMessage> failed;
    std::chrono::milliseconds retry_in{0};
  };
  /// None if `ref` names no message of this outbox.
  std::optional<Refusal> OnError(std::string_view ref, const Status& status);
  void Unpause() { paused_ = false; }

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    OutgoingMessage message;
    std::string ref;
    bool on_its_way = false;
  };
  std::deque<Entry>::iterator Find(std::string_view ref);

  std::deque<Entry> entries_;
  bool live_ = false;
  bool paused_ = false;
};

/// The members of a `send` that frame and HTTP body have in common, as JSON.
std::string EncodeSendFrame(const OutgoingMessage& message, std::string_view ref);
std::string EncodeSendBody(const OutgoingMessage& message);

}  // namespace parley::client
