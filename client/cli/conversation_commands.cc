#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "client/cli/commands.h"
#include "client/cli/option_checks.h"
#include "client/cli/people.h"
#include "client/cli/resolve.h"
#include "client/cli/text.h"
#include "client/json_writer.h"

namespace parley::client::cli {
namespace {

struct NewOptions {
  std::vector<std::string> names;
  std::string title;
  bool group = false;

  bool wants_group() const { return group || !title.empty() || names.size() > 1; }
};

struct MembersOptions {
  std::string conversation;
  std::vector<std::string> names;
};

Status New(const Context& context, const NewOptions& options) {
  PARLEY_TRY(ValidateUtf8(options.title));
  PARLEY_ASSIGN(Session session, Session::Open(context));
  PARLEY_ASSIGN(const std::vector<UserId> ids, ResolveUsers(session.api(), options.names));
  SystemRandom random;
  SystemClock clock;
  PARLEY_ASSIGN(const Conversation made,
                options.wants_group()
                    ? session.api().CreateGroup(options.title, ids,
                                                ClientId(Uuid::Version7(clock.Now(), random)))
                    : session.api().CreateDirect(ids.front()));
  context.output().Result(made.json, fmt::format("{}  {}", made.id.ToString(),
                                                 NameOfConversation(made, session.self())));
  return Status::Ok();
}

std::string ListLine(const Conversation& conversation, UserId self, People& people) {
  std::string line =
      fmt::format("{}  {}", conversation.id.ToString(), NameOfConversation(conversation, self));
  if (conversation.unread_count > 0) line += fmt::format("  ({} new)", conversation.unread_count);
  if (const auto& last = conversation.last_message) {
    const std::string text =
        last->deleted ? "(deleted)" : ForTerminalLine(last->text.substr(0, last->text.find('\n')));
    line += fmt::format("  {}: {}", people.NameOf(last->sender_id), text);
  }
  return line;
}

Status List(const Context& context, std::size_t limit) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  PARLEY_ASSIGN(const std::vector<Conversation> all, session.api().Conversations(limit));
  People people(session.api());
  for (const Conversation& conversation : all) {
    people.Learn(conversation);
    context.output().Result(
        conversation.json,
        context.output().json() ? std::string() : ListLine(conversation, session.self(), people));
  }
  return Status::Ok();
}

Status ListMembers(const Context& context, const MembersOptions& options) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  PARLEY_ASSIGN(const Conversation conversation,
                ResolveConversation(session.api(), options.conversation, IfMissing::kFail));
  PARLEY_ASSIGN(const std::vector<Member> members, session.api().Members(conversation.id));
  for (const Member& member : members) {
    context.output().Result(member.json,
                            fmt::format("{}  {}{}", ForTerminalLine(member.user.username),
                                        ForTerminalLine(member.user.display_name),
                                        member.role == Role::kAdmin ? "  (admin)" : ""));
  }
  return Status::Ok();
}

std::string MembersJson(ConversationId conversation, const std::vector<UserId>& users) {
  std::vector<std::string> ids;
  ids.reserve(users.size());
  for (const UserId user : users) ids.push_back(JsonString(user.ToString()));
  return JsonObject()
      .Str("conversation_id", conversation.ToString())
      .Raw("user_ids", JsonArray(ids))
      .Take();
}

Status Add(const Context& context, const MembersOptions& options) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  PARLEY_ASSIGN(const Conversation conversation,
                ResolveConversation(session.api(), options.conversation, IfMissing::kFail));
  PARLEY_ASSIGN(const std::vector<UserId> users, ResolveUsers(session.api(), options.names));
  PARLEY_TRY(session.api().AddMembers(conversation.id, users));
  context.output().Result(
      MembersJson(conversation.id, users),
      fmt::format("added {}", ForTerminal(fmt::format("{}", fmt::join(options.names, ", ")))));
  return Status::Ok();
}

Status Remove(const Context& context, const MembersOptions& options) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  PARLEY_ASSIGN(const Conversation conversation,
                ResolveConversation(session.api(), options.conversation, IfMissing::kFail));
  PARLEY_ASSIGN(const std::vector<UserId> users, ResolveUsers(session.api(), options.names));
  for (const UserId user : users) PARLEY_TRY(session.api().RemoveMember(conversation.id, user));
  context.output().Result(
      MembersJson(conversation.id, users),
      fmt::format("removed {}", ForTerminal(fmt::format("{}", fmt::join(options.names, ", ")))));
  return Status::Ok();
}

Status Leave(const Context& context, const MembersOptions& options) {
  PARLEY_ASSIGN(Session session, Session::Open(context));
  PARLEY_ASSIGN(const Conversation conversation,
                ResolveConversation(session.api(), options.conversation, IfMissing::kFail));
  PARLEY_TRY(session.api().RemoveMember(conversation.id, session.self()));
  context.output().Result(
      JsonObject().Str("conversation_id", conversation.id.ToString()).Bool("left", true).Take(),
      fmt::format("left {}", NameOfConversation(conversation, session.self())));
  return Status::Ok();
}

using MembersCommand = Status (*)(const Context&, const MembersOptions&);

enum class WithNames { kNo, kYes };

void AddMembersCommand(CLI::App& app, Command& chosen, const char* name, const char* help,
                       WithNames with_names, MembersCommand run) {
  const auto options = std::make_shared<MembersOptions>();
  CLI::App* command = app.add_subcommand(name, help);
  command
      ->add_option("CONVERSATION", options->conversation, "Id, start of an id, title or @username")
      ->required();
  if (with_names == WithNames::kYes) {
    command->add_option("NAME", options->names, "Usernames")->required();
  }
  command->callback([options, run, &chosen] {
    chosen = [options, run](const Context& context) { return run(context, *options); };
  });
}

}  // namespace

void AddConversationCommands(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<NewOptions>();
  CLI::App* make =
      app.add_subcommand("new", "Start a conversation: one NAME direct, several a group");
  make->add_option("NAME", options->names, "Usernames")->required();
  make->add_flag("--group", options->group, "A group even with one NAME");
  make->add_option("--title", options->title, "Name of the group");
  make->callback(
      [options, &chosen] { chosen = [options](const Context& c) { return New(c, *options); }; });

  const auto limit = std::make_shared<std::size_t>(std::numeric_limits<std::size_t>::max());
  CLI::App* list = app.add_subcommand("list", "Show your conversations, latest message first");
  list->add_option("--limit", *limit, "At most so many")->check(Count(1));
  list->callback(
      [limit, &chosen] { chosen = [limit](const Context& c) { return List(c, *limit); }; });

  AddMembersCommand(app, chosen, "members", "Show who is in a conversation", WithNames::kNo,
                    ListMembers);
  AddMembersCommand(app, chosen, "add", "Add people to a group", WithNames::kYes, Add);
  AddMembersCommand(app, chosen, "remove", "Remove people from a group", WithNames::kYes, Remove);
  AddMembersCommand(app, chosen, "leave", "Leave a group", WithNames::kNo, Leave);
}

}  // namespace parley::client::cli
