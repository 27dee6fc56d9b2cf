#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chat/commands.h"
#include "model/ids.h"

namespace parley::chat {

/// A command on its way to the node that looks after its conversation.
struct ForwardedCommand {
  std::uint64_t link = 0;    ///< names one run of commands from one place
  std::uint64_t number = 0;  ///< 1, 2, 3, … on that link
  ConversationId conversation;
  UserId caller;
  CommandBody body;
};

/// What the other node says.
struct ForwardedAnswer {
  /// A command before this one did not arrive (or the node takes none any more): nothing was done.
  bool missed = false;
  Result<CommandAnswer> answer{CommandAnswer()};
};

// The bytes of both, as records (wire/record_fields.h). Programs of neighbouring versions talk to
// each other while a fleet is upgraded: fields are only ever added at the end. Reading never throws
// and never reads beyond the bytes: kDataLoss for whatever it cannot understand.

std::string EncodeCommand(const ForwardedCommand& command);
Result<ForwardedCommand> DecodeCommand(std::string_view bytes);

std::string EncodeAnswer(const ForwardedAnswer& answer);
/// `conversation` is the one that was asked about.
Result<ForwardedAnswer> DecodeAnswer(std::string_view bytes, ConversationId conversation);

}  // namespace parley::chat
