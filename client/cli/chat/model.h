#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "client/cli/chat/effects.h"
#include "client/cli/chat/key.h"
#include "client/cli/chat/state.h"
#include "client/events.h"

namespace parley::client::cli::chat {

/// The program as a state machine: takes what the connection tells, answers to what it asked, keys
/// and the passing of time; changes the State and says what to do. No I/O. One thread.
class Model {
 public:
  struct Options {
    User self;
    std::string server;
    /// To be opened at the start; empty: none.
    std::string open = {};
  };
  /// `clock` and `random` must outlive it.
  Model(Options options, Clock& clock, Random& random);

  void OnEvent(const Event& event);
  void OnKey(const Key& key);
  void OnResize(Size size);
  /// Time has passed: due at NextWake().
  void OnTime();

  void OnPage(const FetchPage& asked, const Result<MessagePage>& page);
  void OnMembers(const FetchMembers& asked, const Result<std::vector<Member>>& members);
  void OnUsers(const FetchUsers& asked, const Result<std::vector<User>>& users);
  void OnResolved(const Resolve& asked, const Result<Conversation>& conversation);

  /// What to do now, in order; to be called before the State is looked at.
  std::vector<Effect> TakeEffects() {
    Settle();
    return std::exchange(effects_, {});
  }
  std::optional<TimePoint> NextWake() const;
  const State& state() const { return state_; }

 private:
  /// Older pages are asked for while that many items are left above.
  static constexpr std::size_t kAhead = 15;
  static constexpr std::size_t kLoadedTalks = 8;

  // model.cc: what comes from outside.
  void OnChanged(const Change& change);
  void OnLoaded(const Loaded& loaded);
  void OnUpdated(const Conversation& object);
  void OnLeft(ConversationId id);
  void OnLink(Link link, std::string reason);
  void OnNotice(const Noticed& noticed);
  void Adopt(const Conversation& object);
  /// Puts a conversation where it belongs in the list.
  void Place(ConversationId id);

  // model_open.cc: what the open conversation needs.
  void Open(ConversationId id);
  void OpenFirst();
  void Close();
  /// Asks for what is needed and says what was seen.
  void Settle();
  void LoadAround();
  void MarkSeen();
  void Watch();
  void FetchNames();
  void ToTheEnd();
  void ScrollBy(int lines);
  void LetGoOfOthers();
  void Ask(ConversationId conversation, Timeline::Where where, Seq seq);

  // model_keys.cc: what somebody does.
  bool OnGlobalKey(const Key& key);
  void OnWriteKey(const Key& key);
  void OnListKey(const Key& key);
  void OnFindKey(const Key& key);
  void OnQuestionKey(const Key& key);
  void OnOverlayKey(const Key& key);
  bool OnScrollKey(const Key& key);
  void OnEscape();
  void Step(int by);
  void Choose(int by);
  void Send();
  void TakeBackRefused();
  void ShowMembers();
  void SayTypingIfNeeded(bool was_empty);
  void StopTyping();
  void TryToQuit();
  int PageLines() const;
  int WriteCols() const;

  void Do(Effect effect) { effects_.push_back(std::move(effect)); }

  Clock& clock_;
  Random& random_;
  State state_;
  std::vector<Effect> effects_;
  std::string open_at_start_;

  std::optional<FetchPage> asked_;  // the page under way
  std::uint64_t last_ticket_ = 0;
  std::optional<TimePoint> ask_again_;         // not before, after a failure
  std::optional<ConversationId> members_for_;  // known since the connection was made
  std::vector<UserId> watched_;
  std::unordered_set<UserId> unnamed_;  // asked for, never twice
  std::vector<ConversationId> recent_;  // opened, the latest last
  std::optional<TimePoint> typing_said_;
  std::optional<ConversationId> typing_in_;
  bool quit_asked_ = false;
  bool quit_when_sent_ = false;  // asked for while messages were on their way
};

/// Handles one line of text as every line of it is edited; false for a key that does something
/// else.
bool EditWith(Composer& composer, const Key& key);

}  // namespace parley::client::cli::chat
