#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "client/types.h"

namespace parley::client {

/// How far this device has read and received, and what of that the server need be told. Positions
/// only rise; all of them are told again on each connection unless the server's object shows that
/// it knows. No I/O. One thread.
class Positions {
 public:
  void RaiseRead(ConversationId conversation, Seq seq);
  void RaiseDelivered(ConversationId conversation, Seq seq);

  /// The server's own view.
  void OnObject(const Conversation& conversation);
  void OnLive() { live_ = true; }
  void OnDisconnected();
  void Forget(ConversationId conversation) { positions_.erase(conversation); }

  /// Frames for what the server does not know yet; none while not live.
  std::vector<std::string> TakeDue();

 private:
  struct Position {
    Seq own_read, own_delivered;
    Seq known_read, known_delivered;
  };
  std::unordered_map<ConversationId, Position> positions_;
  bool live_ = false;
};

}  // namespace parley::client
