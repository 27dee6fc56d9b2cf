#include "client/positions.h"

#include <algorithm>

#include "client/frames.h"

namespace parley::client {

void Positions::RaiseRead(ConversationId conversation, Seq seq) {
  Position& position = positions_[conversation];
  position.own_read = std::max(position.own_read, seq);
}

void Positions::RaiseDelivered(ConversationId conversation, Seq seq) {
  Position& position = positions_[conversation];
  position.own_delivered = std::max(position.own_delivered, seq);
}

void Positions::OnObject(const Conversation& conversation) {
  const auto found = positions_.find(conversation.id);
  if (found == positions_.end()) return;
  found->second.known_read = std::max(found->second.known_read, conversation.read_seq);
  found->second.known_delivered =
      std::max(found->second.known_delivered, conversation.delivered_seq);
}

void Positions::OnDisconnected() {
  live_ = false;
  // What was sent last may be lost.
  for (auto& [id, position] : positions_) {
    position.known_read = Seq();
    position.known_delivered = Seq();
  }
}

std::vector<std::string> Positions::TakeDue() {
  std::vector<std::string> frames;
  if (!live_) return frames;
  for (auto& [id, position] : positions_) {
    if (position.own_delivered > position.known_delivered) {
      frames.push_back(EncodePosition("delivered", id, position.own_delivered));
      position.known_delivered = position.own_delivered;
    }
    if (position.own_read > position.known_read) {
      frames.push_back(EncodePosition("read", id, position.own_read));
      position.known_read = position.own_read;
    }
  }
  return frames;
}

}  // namespace parley::client
