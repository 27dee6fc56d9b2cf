#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/result.h"
#include "client/events.h"
#include "client/frames.h"
#include "client/types.h"

namespace parley::client {

/// One page of a conversation's log, as GET …/changes answers it.
struct ChangePage {
  std::vector<Change> items;
  Seq last_seq;
  bool reset = false;
};

// What a SyncState asks its owner to do.

struct SendText {
  std::string frame;
};
/// Ask for all conversations; answer with OnList.
struct FetchList {
  std::uint64_t ticket;
};
/// Ask for the changes after `after`; answer with OnChangesFetched.
struct FetchChanges {
  ConversationId conversation;
  Seq after;
  std::uint64_t ticket;
};
/// Ask for the object; answer with OnConversationFetched.
struct FetchConversation {
  ConversationId conversation;
  std::uint64_t ticket;
};
struct Deliver {
  Event event;
};
/// Close the connection and come again: a resume brings what could not be had otherwise.
struct Reconnect {
  std::string reason;
};

using Action =
    std::variant<SendText, FetchList, FetchChanges, FetchConversation, Deliver, Reconnect>;
using Actions = std::vector<Action>;

/// What a client knows of each conversation, and the sync rules (docs: api/asyncapi.yaml) that keep
/// it without holes and repetitions over any number of connections. No I/O: takes what arrived,
/// returns what to do, in order. One thread.
///
/// The position at the first connect is `ready.cursor`; the list, read after that, says what there
/// is. So nothing that comes between the two is missed: the cursor finds it.
class SyncState {
 public:
  /// Changes of the conversations in `known` are told from there on; of all others from the first
  /// connect on.
  explicit SyncState(const std::vector<Head>& known = {});

  Actions OnReady(const ReadyFrame& ready);
  Actions OnSync(SyncFrame sync);
  Actions OnChange(Change change);
  Actions OnInbox(InboxFrame inbox);
  /// Nothing that was asked for before is awaited any more.
  void OnDisconnected();

  /// Answers to what was asked for. Those to an outdated question (the ticket tells) are ignored.
  Actions OnList(std::uint64_t ticket, Result<std::vector<Conversation>> list);
  Actions OnChangesFetched(const FetchChanges& asked, Result<ChangePage> page);
  Actions OnConversationFetched(const FetchConversation& asked, Result<Conversation> object);

  /// Asks the server what there is beyond what is held, on a connection that has been in sync for
  /// long.
  Actions Resume();
  /// The server refused something that may have been that question: it may be asked again.
  void ResumeRefused() { resuming_ = false; }

  /// Whether the last sync is complete and the connection stands.
  bool live() const { return live_; }
  /// The seq up to which changes of a conversation were told; none if it is not held.
  std::optional<Seq> Have(ConversationId conversation) const;

 private:
  struct Held {
    std::optional<Seq> have;   ///< none until its object has been fetched
    Seq wanted;                ///< the highest seq heard of
    std::uint64_t ticket = 0;  ///< of the question under way; 0: none
  };

  void Apply(Change change, Actions& out);
  void Adopt(Conversation object, Loaded::Why why, Actions& out);
  void Forget(ConversationId conversation, Actions& out);
  /// Asks for what lies between `have` and `wanted`, if anything and if not already under way.
  void CatchUp(ConversationId conversation, Held& held, Actions& out);
  void AskForObject(ConversationId conversation, Held& held, Actions& out);
  void AppendResume(Actions& out) const;

  std::unordered_map<ConversationId, Held> held_;
  std::string cursor_;        // empty until the first list has come
  std::string ready_cursor_;  // where that list's connection began
  UserId user_id_;
  bool live_ = false;
  bool resuming_ = false;
  bool told_connected_ = false;  // of the present connection
  std::uint64_t list_ticket_ = 0;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace parley::client
