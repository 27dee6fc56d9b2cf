#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "client/api.h"
#include "client/cli/chat/timeline.h"
#include "client/outbox.h"

namespace parley::client::cli::chat {

// What a Model asks its owner to do.

struct SendMessage {
  OutgoingMessage message;
};
struct SayTyping {
  ConversationId conversation;
  bool active = false;
};
struct MarkRead {
  ConversationId conversation;
  Seq seq;
};
struct WatchPresence {
  std::vector<UserId> users;
};
/// Answer with OnPage.
struct FetchPage {
  ConversationId conversation;
  Timeline::Where where = Timeline::Where::kLatest;
  Seq seq;  ///< of kBefore, kAfter, kAround
  std::uint64_t ticket = 0;
};
/// Answer with OnMembers.
struct FetchMembers {
  ConversationId conversation;
};
/// Answer with OnUsers.
struct FetchUsers {
  std::vector<UserId> users;
};
/// The conversation that `name` means, made where it is a person's; answer with OnResolved.
struct Resolve {
  std::string name;
};
/// Give the terminal back until the shell continues the program.
struct Suspend {};
/// Draw everything anew.
struct Repaint {};
struct Quit {
  Status status;
};

using Effect = std::variant<SendMessage, SayTyping, MarkRead, WatchPresence, FetchPage,
                            FetchMembers, FetchUsers, Resolve, Suspend, Repaint, Quit>;

}  // namespace parley::client::cli::chat
