#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "client/cli/chat/composer.h"
#include "client/cli/chat/conversation.h"
#include "client/cli/chat/screen.h"
#include "client/cli/people.h"

namespace parley::client::cli::chat {

/// How it stands with the server.
enum class Link : std::uint8_t { kConnecting, kLive, kLost };

/// Where keys go.
enum class Focus : std::uint8_t {
  kWrite,  ///< the line below the open conversation; the list where none is open
  kFind,   ///< the filter of the list
  kOpen,   ///< the question whom to open a conversation with
};

/// What covers the conversation.
enum class Overlay : std::uint8_t { kNone, kHelp, kMembers };

/// Everything that the screen shows. The Model changes it; views read it.
struct State {
  UserId self;
  std::string server;
  TimePoint now;
  Size size{24, 80};

  Link link = Link::kConnecting;
  std::string lost_reason;
  bool listed = false;  ///< the conversations are known
  Names names;
  std::unordered_map<UserId, Presence> presence;

  std::unordered_map<ConversationId, std::unique_ptr<Talk>> talks;
  std::vector<ConversationId> order;     ///< latest first
  std::optional<ConversationId> open;    ///< the conversation that is shown
  std::optional<ConversationId> chosen;  ///< the one that Enter would open, in the list
  bool list_in_front = true;             ///< where there is no room for both

  Focus focus = Focus::kWrite;
  Overlay overlay = Overlay::kNone;
  Composer find;
  Composer question;
  std::vector<Member> members;  ///< of the open conversation, for its overlay
  std::string notice;           ///< to be read once

  Talk* opened() const { return open ? Find(*open) : nullptr; }
  Talk* Find(ConversationId id) const {
    const auto found = talks.find(id);
    return found == talks.end() ? nullptr : found->second.get();
  }
  bool Online(UserId user) const {
    const auto found = presence.find(user);
    return link == Link::kLive && found != presence.end() && found->second.online;
  }
  /// The list as the filter leaves it.
  std::vector<ConversationId> Listed() const;
  /// Messages that are neither stored nor refused.
  std::size_t Waiting() const;
};

}  // namespace parley::client::cli::chat
