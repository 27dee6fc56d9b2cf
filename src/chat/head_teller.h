#pragma once

#include "bus/bus.h"
#include "chat/conversation_state.h"
#include "chat/member_changes.h"
#include "model/ids.h"

namespace parley::chat {

/// Tells people where the log of a conversation ends, so that who missed something asks for it.
/// Must be used on a shard; the bus must outlive it.
class HeadTeller {
 public:
  /// `audience`: the members.
  HeadTeller(bus::Bus& bus, ConversationId conversation, Seq head, UserList audience)
      : bus_(bus), conversation_(conversation), head_(head), audience_(std::move(audience)) {}

  /// As everything is told to the conversation: where it is large, to those who follow it.
  void TellAll() const;
  /// The same, but everybody by name, whether they follow it or not.
  void TellAllByName() const { TellByName(*audience_); }
  /// Who went; and who came, where the conversation is large.
  void TellChanges(const MemberChanges& changes) const;

 private:
  bus::EventPtr HeadEvent() const;
  void TellByName(const std::vector<UserId>& users) const;

  bus::Bus& bus_;
  const ConversationId conversation_;
  const Seq head_;
  const UserList audience_;
};

}  // namespace parley::chat
