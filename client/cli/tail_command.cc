#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/clock.h"
#include "client/cli/commands.h"
#include "client/cli/event_queue.h"
#include "client/cli/history.h"
#include "client/cli/option_checks.h"
#include "client/cli/resolve.h"
#include "client/cli/tail_view.h"
#include "client/connection.h"

namespace parley::client::cli {
namespace {

struct TailOptions {
  std::string conversation;  // empty: all
  std::size_t last = 10;
};

struct PastMessage {
  ConversationId conversation;
  Message message;
  TimePoint at;  // for the order over all: never earlier than that of a lower seq

  auto key() const { return std::tuple(at, conversation, message.seq); }
};

/// What is on the screen before anything is live.
struct Beginning {
  std::vector<PastMessage> past;
  std::vector<Head> heads;  // from where on changes are to be told
};

/// Loads the last messages of each of the first `conversations`, which is where the last over all
/// are.
Result<Beginning> Begin(Api& api, TailView& view, const std::vector<Conversation>& conversations,
                        std::size_t last) {
  Beginning beginning;
  for (std::size_t i = 0; i < conversations.size(); ++i) {
    const Conversation& conversation = conversations[i];
    Seq head = conversation.last_seq;
    if (i < last) {
      PARLEY_ASSIGN(History history, LoadLatest(api, conversation.id, std::nullopt, last));
      head = history.true_at;
      TimePoint at;
      for (Message& message : history.messages) {
        at = std::max(at, message.sent_at);
        beginning.past.push_back({conversation.id, std::move(message), at});
      }
    }
    view.Begin(conversation, head);
    beginning.heads.push_back({conversation.id, head});
  }
  std::sort(beginning.past.begin(), beginning.past.end(),
            [](const PastMessage& a, const PastMessage& b) { return a.key() < b.key(); });
  if (beginning.past.size() > last) {
    beginning.past.erase(beginning.past.begin(),
                         beginning.past.end() - static_cast<std::ptrdiff_t>(last));
  }
  return beginning;
}

/// Tries until it has them or the program is told to stop.
TailView::LoadMessages Loader(Api& api, EventQueue& events, Backoff& backoff) {
  return [&api, &events, &backoff](ConversationId conversation, Seq after,
                                   Seq until) -> std::optional<std::vector<Message>> {
    while (true) {
      Result<std::vector<Message>> messages = LoadRange(api, conversation, after, until);
      if (messages.ok()) {
        backoff.Reset();
        return *std::move(messages);
      }
      // Left meanwhile, or signed out: the connection tells of it.
      if (!IsRetryable(messages.status().code())) return std::nullopt;
      if (events.StoppedWithin(backoff.Next())) return std::nullopt;
    }
  };
}

/// Until a signal, an error, or nobody reads what is written.
Status Follow(const Output& output, EventQueue& events, TailView& view) {
  while (output.writable()) {
    const std::optional<Event> event = events.Pop();
    if (!event) break;
    PARLEY_TRY(view.OnEvent(*event));
  }
  return Status::Ok();
}

Status Tail(const Context& context, const TailOptions& options) {
  EventQueue events;
  PARLEY_ASSIGN(Session session, Session::Open(context));
  std::vector<Conversation> conversations;
  TailView::Options view_options{session.self(), session.server().ToString(), std::nullopt};
  if (options.conversation.empty()) {
    PARLEY_ASSIGN(conversations, session.api().Conversations());
  } else {
    PARLEY_ASSIGN(Conversation one, ResolveConversation(session.api(), options.conversation,
                                                        IfMissing::kCreateDirect));
    view_options.only = one.id;
    conversations.push_back(std::move(one));
  }

  SystemClock clock;
  SystemRandom random;
  Backoff backoff(random);
  People people(session.api());
  TailView view(std::move(view_options), context.output(), people, clock,
                Loader(session.api(), events, backoff));
  PARLEY_ASSIGN(Beginning beginning, Begin(session.api(), view, conversations, options.last));
  for (const PastMessage& past : beginning.past) view.ShowPast(past.message, past.conversation);

  Connection connection({.server = session.server(),
                         .token = session.profile().token,
                         .known = std::move(beginning.heads)},
                        random, [&events](const Event& event) { events.Push(event); });
  connection.Start();
  const Status end = Follow(context.output(), events, view);
  events.Close();
  return end;
}

}  // namespace

void AddTailCommand(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<TailOptions>();
  CLI::App* tail = app.add_subcommand("tail", "Show messages as they come, until Ctrl-C");
  tail->add_option("CONVERSATION", options->conversation,
                   "Id, start of an id, title or @username; all of them without it");
  tail->add_option("--last", options->last, "Show so many of the latest messages first")
      ->check(Count(0))
      ->capture_default_str();
  tail->callback(
      [options, &chosen] { chosen = [options](const Context& c) { return Tail(c, *options); }; });
}

}  // namespace parley::client::cli
