#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "client/cli/chat/composer.h"
#include "client/cli/chat/timeline.h"
#include "client/cli/people.h"
#include "client/notices.h"
#include "client/types.h"

namespace parley::client::cli::chat {

/// Where one looks in a timeline: at its end, or so that of the entry `bottom` all but the last
/// `hidden` lines are above the lower edge.
struct Scroll {
  bool at_end = true;
  Seq bottom;
  int hidden = 0;
  bool operator==(const Scroll&) const = default;
};

/// How far the others are with a message of one's own.
struct Reach {
  enum class State : std::uint8_t { kSent, kDelivered, kRead };
  State state = State::kSent;
  std::size_t readers = 0;
  bool operator==(const Reach&) const = default;
};

/// One conversation as the program holds it. No I/O.
class Talk {
 public:
  Talk(const Conversation& object, UserId self) : id(object.id), self_(self) { Adopt(object); }

  const ConversationId id;

  // What the list shows.
  ConversationKind kind = ConversationKind::kGroup;
  std::string name;
  std::uint64_t unread = 0;
  TimePoint active_at;
  UserId last_sender;     ///< nil where nothing has been said
  std::string last_text;  ///< one line, harmless

  Seq head;
  Seq read_seq;
  std::vector<UserId> members;  ///< others than oneself, the first 20
  std::uint64_t member_count = 0;

  // What is shown when it is open.
  Timeline timeline;
  Composer draft;
  Scroll scroll;
  /// The read position when it was opened: what lies behind is new.
  Seq new_after;

  bool direct() const { return kind == ConversationKind::kDirect; }
  /// The other one of a direct conversation; nil otherwise.
  UserId peer() const { return direct() && !members.empty() ? members.front() : UserId(); }

  /// A newer object from the server, or one that is as old as what is held.
  void Adopt(const Conversation& object);
  /// The next change; its members are known to `names` already.
  void Apply(const Change& change, const Names& names);
  void MarkRead(Seq seq);

  void OnReceipt(const Receipt& receipt);
  /// The positions as the server lists them.
  void OnMembers(const std::vector<Member>& list);
  bool knows_positions() const { return !positions_.empty(); }
  Reach ReachOf(Seq seq) const;
  Seq ReadBy(UserId user) const;

  void OnTyping(UserId user, bool active, TimePoint now);
  /// Forgets who has not said it again; true if that changed anything.
  bool ExpireTyping(TimePoint now);
  std::vector<UserId> Typists() const;
  std::optional<TimePoint> NextTypingEnd() const;

 private:
  struct Position {
    Seq delivered;
    Seq read;
  };
  void ShowLast(const Message& message);
  void ChangeMembers(const Change& change);

  UserId self_;
  std::unordered_map<UserId, Position> positions_;
  std::map<UserId, TimePoint> typing_;  // until when
};

}  // namespace parley::client::cli::chat
