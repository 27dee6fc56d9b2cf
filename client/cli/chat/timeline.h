#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "client/api.h"
#include "client/types.h"

namespace parley::client::cli::chat {

/// Something that is shown in a conversation's past. Its texts are harmless to a terminal.
struct Entry {
  Seq seq;
  UserId sender;  ///< nil for a line of the system
  TimePoint at;
  ClientId client_id;
  std::string text;
  std::optional<Quote> reply_to;
  bool edited = false;
  bool deleted = false;

  bool system() const { return sender.IsNil(); }
};

/// What somebody here wrote and the conversation does not hold yet.
struct Outgoing {
  enum class State : std::uint8_t {
    kWaiting,
    kStored,   ///< acked; the change that shows it is still to come
    kRefused,  ///< for good: `reason` says why
  };
  ClientId client_id;
  std::string text;  ///< as written
  TimePoint at;
  State state = State::kWaiting;
  std::string reason = {};
};

/// A stretch of a conversation without holes, around what is being looked at: pages are joined to
/// it at either end, live changes at the end where it reaches the present, and what lies too far
/// away is let go. Behind the present stand one's own messages on their way. No I/O.
class Timeline {
 public:
  /// Entries that are kept at least, on the side that is looked at.
  static constexpr std::size_t kMaxEntries = 400;

  enum class Where : std::uint8_t { kLatest, kAround, kBefore, kAfter };
  /// Which side is let go where there is too much.
  enum class Keep : std::uint8_t { kNewest, kOldest };

  /// Starts to hold live changes, all after `head`: what it then needs is the latest page, or one
  /// around the place of interest.
  void Begin(Seq head);
  /// Lets go of everything but what is on its way.
  void Forget();

  /// A live change; `system_line` is what it says where it is not a message (empty: nothing).
  void OnChange(const Change& change, const std::string& system_line, Keep keep);
  /// False where the page is older than what is held and has to be asked for again.
  bool OnPage(Where where, const MessagePage& page);

  void Add(Outgoing outgoing) { outgoing_.push_back(std::move(outgoing)); }
  void OnSent(ClientId id);
  void OnRefused(ClientId id, std::string reason);
  /// The latest refused one, taken out.
  std::optional<Outgoing> TakeRefused();

  const std::vector<Entry>& entries() const { return entries_; }
  const std::deque<Outgoing>& outgoing() const { return outgoing_; }
  /// Whether it holds live changes, and whether the first page has come.
  bool begun() const { return begun_; }
  bool loaded() const { return loaded_; }
  /// Whether there is more on the server, on either side.
  bool has_before() const { return has_before_; }
  bool at_end() const { return at_end_; }

  /// What is shown, in order: entries, then (at the end) what is on its way.
  std::size_t size() const {
    return entries_.size() + (at_end_ || !loaded_ ? outgoing_.size() : 0);
  }
  /// The index of the first entry with this seq or a higher one.
  std::size_t IndexOf(Seq seq) const;
  /// How many messages of others lie after `after` up to and with `until`.
  std::size_t CountOfOthers(UserId self, Seq after, Seq until) const;

 private:
  void Merge(Entry entry);
  void Trim(Keep keep);

  std::vector<Entry> entries_;  // ascending
  std::deque<Outgoing> outgoing_;
  Seq head_;  // the highest seq heard of
  bool begun_ = false;
  bool loaded_ = false;
  bool has_before_ = false;
  bool at_end_ = false;
};

/// What a message looks like.
Entry EntryOf(const Message& message);

}  // namespace parley::client::cli::chat
