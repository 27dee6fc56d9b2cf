#pragma once

#include <optional>

#include "model/ids.h"

namespace parley::gateway {

/// How far one session has been told of one conversation, and what it has still to be told. Pure.
///
/// Changes are delivered in order of seq, each once: an event that is the next one is sent on as it
/// is; whatever came out of turn, or while the session was busy with this conversation, is only
/// remembered by its seq and read from the log. So nothing is ever queued here, whatever is missed.
/// (docs/architecture.md, "Live and resume")
class Feed {
 public:
  /// What to do next for this conversation.
  enum class Step {
    kNothing,
    kInbox,    ///< send the conversation as it now is
    kChanges,  ///< send the changes (sent, last_wanted]
    kLeft,     ///< say that the person is gone, then call Left
  };

  /// The client holds everything up to `seq`; if that lies in a later stay than one whose end waits
  /// to be told, that end is not told any more.
  void SentUpTo(Seq seq);
  /// The same after a resume has read that the person is in it: a head that came before the resume
  /// leaves no doubt, and nothing to tell that lies behind `seq`.
  void LevelAt(Seq seq);

  // Events, as they come from the bus.
  enum class Arrival {
    kSendNow,  ///< it is the next one: send it (it counts as sent)
    kLater,    ///< wait for NextStep
    kOld,      ///< was sent already
  };
  Arrival OnChange(Seq seq);
  /// The log has reached `seq`, whatever came before was lost or not.
  void OnHead(Seq seq);
  /// The person's own view is new (live changes begin with `seq`), or only to be told again (0).
  void OnConversation(Seq seq);
  /// `seq` is the last change that the person may see.
  void OnLeft(Seq seq);
  /// The person is no longer a member, since when is not known: nothing more is theirs to see.
  void OnGone();

  Step NextStep() const;
  Seq sent() const { return sent_.value_or(Seq()); }
  /// The highest seq heard of.
  Seq known() const { return known_; }
  /// Only a head was heard of it: whether it is the person's at all is not known yet.
  bool doubtful() const { return doubtful_; }
  /// Where the run of changes to send ends.
  Seq last_wanted() const;
  /// What Step::kInbox asks for is being done; so is it where the conversation was sent as part of
  /// a sync.
  void InboxSent() { inbox_due_ = false; }
  /// The person is in it, as was read.
  void Confirmed() { doubtful_ = false; }
  /// What Step::kLeft asks for was done. True if the feed is over: the person did not come back
  /// meanwhile.
  bool Left();

  /// While somebody works on the steps of this feed, arrivals only take note.
  bool busy = false;

 private:
  std::optional<Seq> sent_;  ///< nothing: no change was seen yet, the first one sets it
  bool doubtful_ = false;
  Seq known_;  ///< the highest seq heard of
  bool inbox_due_ = false;
  std::optional<Seq> left_at_;  ///< the end of the stay that the client knows, to be told
  Seq last_left_at_;            ///< the end of the last stay that is over
  std::optional<Seq>
      back_from_;  ///< came back: changes go on behind this seq, once `left` was said
};

}  // namespace parley::gateway
