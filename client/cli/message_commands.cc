#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "client/cli/commands.h"
#include "client/cli/history.h"
#include "client/cli/option_checks.h"
#include "client/cli/people.h"
#include "client/cli/resolve.h"
#include "client/cli/text.h"

namespace parley::client::cli {
namespace {

/// More than any server takes; keeps a mistaken pipe from filling the memory.
constexpr std::size_t kMaxInputBytes = std::size_t{1024} * 1024;

struct SendOptions {
  std::string conversation;
  std::vector<std::string> words;
  std::string client_id;  // empty: a new one
  std::uint64_t reply_to = 0;
  std::uint64_t timeout_seconds = 30;

  bool from_stdin() const { return words.empty() || words == std::vector<std::string>{"-"}; }
};

struct ReadOptions {
  std::string conversation;
  std::size_t limit = 20;
  std::uint64_t before = 0;  // 0: from the end
  bool peek = false;
};

Result<std::string> ReadInput() {
  std::string text;
  std::istreambuf_iterator<char> input(std::cin);
  for (; input != std::istreambuf_iterator<char>() && text.size() <= kMaxInputBytes; ++input)
    text += *input;
  if (text.size() > kMaxInputBytes) return TooLarge("the text is too long for a message");
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

Result<ClientId> ClientIdOf(const SendOptions& options) {
  if (options.client_id.empty()) {
    SystemRandom random;
    SystemClock clock;
    return ClientId(Uuid::Version7(clock.Now(), random));
  }
  const std::optional<ClientId> id = ClientId::Parse(options.client_id);
  if (!id) return InvalidField("client_id", "a UUID such as 0190f3a4-5b6c-7d8e-9f01-23456789abcd");
  return *id;
}

Status Send(const Context& context, const SendOptions& options) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  OutgoingMessage message;
  PARLEY_ASSIGN(message.client_id, ClientIdOf(options));
  if (options.from_stdin()) {
    PARLEY_ASSIGN(message.text, ReadInput());
  } else {
    message.text = fmt::format("{}", fmt::join(options.words, " "));
  }
  PARLEY_TRY(ValidateUtf8(message.text));
  if (options.reply_to > 0) message.reply_to = Seq(options.reply_to);

  const RetryDeadline deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(options.timeout_seconds);
  PARLEY_ASSIGN(const Conversation conversation, RetryUntil(deadline, [&] {
                  return ResolveConversation(session.api(), options.conversation,
                                             IfMissing::kCreateDirect);
                }));
  message.conversation_id = conversation.id;
  PARLEY_ASSIGN(const Message sent, SendUntilAnswered(session.api(), message, deadline));
  context.output().Result(
      sent.json, fmt::format("sent to {}", NameOfConversation(conversation, session.self())));
  return Status::Ok();
}

Status Read(const Context& context, const ReadOptions& options) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  PARLEY_ASSIGN(const Conversation conversation,
                ResolveConversation(session.api(), options.conversation, IfMissing::kFail));
  const std::optional<Seq> before =
      options.before > 0 ? std::optional(Seq(options.before)) : std::nullopt;
  PARLEY_ASSIGN(const History history,
                LoadLatest(session.api(), conversation.id, before, options.limit));
  People people(session.api());
  people.Learn(conversation);
  SystemClock clock;
  for (const Message& message : history.messages) {
    context.output().Result(
        message.json, context.output().json()
                          ? std::string()
                          : fmt::format("{} {}: {}", FormatTime(message.sent_at, clock.Now()),
                                        people.NameOf(message.sender_id), MessageText(message)));
  }
  if (options.peek || history.messages.empty() || !context.output().writable()) return Status::Ok();
  const Seq shown = history.messages.back().seq;
  return shown > conversation.read_seq ? session.api().MarkRead(conversation.id, shown)
                                       : Status::Ok();
}

}  // namespace

void AddMessageCommands(CLI::App& app, Command& chosen) {
  const auto send_options = std::make_shared<SendOptions>();
  CLI::App* send = app.add_subcommand("send", "Send a message");
  send->add_option("CONVERSATION", send_options->conversation,
                   "Id, start of an id, title or @username")
      ->required();
  send->add_option("TEXT", send_options->words,
                   "What to say; without it or with - what standard input says");
  send->add_option("--client-id", send_options->client_id,
                   "Name of this message (a UUID): the same again is not sent twice");
  send->add_option("--reply-to", send_options->reply_to, "Seq of the message that this answers")
      ->check(SeqRange());
  send->add_option("--timeout", send_options->timeout_seconds, "Seconds to go on trying")
      ->check(CLI::Range(1, 3600, "SECONDS"))
      ->capture_default_str();
  send->callback([send_options, &chosen] {
    chosen = [send_options](const Context& c) { return Send(c, *send_options); };
  });

  const auto read_options = std::make_shared<ReadOptions>();
  CLI::App* read = app.add_subcommand("read", "Show the latest messages and mark them as read");
  read->add_option("CONVERSATION", read_options->conversation,
                   "Id, start of an id, title or @username")
      ->required();
  read->add_option("--limit", read_options->limit, "At most so many")
      ->check(Count(1))
      ->capture_default_str();
  read->add_option("--before", read_options->before, "Only messages before this seq")
      ->check(SeqRange());
  read->add_flag("--peek", read_options->peek, "Do not mark them as read");
  read->callback([read_options, &chosen] {
    chosen = [read_options](const Context& c) { return Read(c, *read_options); };
  });
}

}  // namespace parley::client::cli
