#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "client/cli/output.h"
#include "client/cli/people.h"
#include "client/events.h"

namespace parley::client::cli {

/// Writes what `parley tail` shows: of each conversation every change once, in order. Where a
/// conversation appears or has skipped changes, the messages in between are loaded. One thread.
class TailView {
 public:
  /// Every message after `after` up to and with `until`; none: could not be had, or no longer
  /// wanted.
  using LoadMessages =
      std::function<std::optional<std::vector<Message>>(ConversationId, Seq after, Seq until)>;

  struct Options {
    UserId self;
    std::string server;
    std::optional<ConversationId> only;  ///< none: all conversations, named on each line
  };

  TailView(Options options, Output& output, People& people, Clock& clock, LoadMessages load)
      : options_(std::move(options)),
        output_(output),
        people_(people),
        clock_(clock),
        load_(std::move(load)) {}

  /// Takes the name of a conversation; `shown` is the seq up to which nothing need be shown.
  void Begin(const Conversation& conversation, Seq shown);
  /// Shows one of the latest messages before the live ones.
  void ShowPast(const Message& message, ConversationId conversation);

  /// kUnauthenticated or kNotFound where it is over: signed out, or not in the one conversation any
  /// more.
  Status OnEvent(const Event& event);

 private:
  void OnChange(const Change& change);
  void OnLoaded(const Loaded& loaded);
  Status OnLeft(ConversationId conversation);
  void Show(const Change& change);
  bool Wanted(ConversationId conversation) const {
    return !options_.only || *options_.only == conversation;
  }

  const Options options_;
  Output& output_;
  People& people_;
  Clock& clock_;
  const LoadMessages load_;
  std::unordered_map<ConversationId, Seq> shown_;
  std::unordered_map<ConversationId, std::string> names_;
};

}  // namespace parley::client::cli
