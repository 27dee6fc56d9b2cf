#pragma once

#include <compare>
#include <cstdint>

#include "base/uuid.h"

namespace parley {

using UserId = Id<struct UserTag>;
using SessionId = Id<struct SessionTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using MediaId = Id<struct MediaTag>;
using InvitationId = Id<struct InvitationTag>;
using AuditId = Id<struct AuditTag>;
/// Made by the client that sends; with sender and conversation it names one send (promise I3).
using ClientId = Id<struct ClientTag>;

/// The place of an entry in the log of its conversation: 1, 2, 3, … without holes. 0 means
/// "before everything".
class Seq {
 public:
  constexpr Seq() = default;
  constexpr explicit Seq(std::uint64_t value) : value_(value) {}

  constexpr std::uint64_t value() const { return value_; }
  constexpr Seq Next() const { return Seq(value_ + 1); }
  /// The seq before this one; 0 stays 0.
  constexpr Seq Previous() const { return Seq(value_ == 0 ? 0 : value_ - 1); }
  constexpr auto operator<=>(const Seq&) const = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace parley
