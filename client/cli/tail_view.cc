#include "client/cli/tail_view.h"

#include <utility>

#include <fmt/format.h>

#include "client/cli/text.h"
#include "client/json_writer.h"

namespace parley::client::cli {

void TailView::Begin(const Conversation& conversation, Seq shown) {
  people_.Learn(conversation);
  names_[conversation.id] = NameOfConversation(conversation, options_.self);
  shown_[conversation.id] = shown;
}

void TailView::ShowPast(const Message& message, ConversationId conversation) {
  Show(ChangeOf(message, conversation));
}

Status TailView::OnEvent(const Event& event) {
  if (const auto* changed = std::get_if<Changed>(&event)) {
    OnChange(changed->change);
  } else if (const auto* loaded = std::get_if<Loaded>(&event)) {
    OnLoaded(*loaded);
  } else if (const auto* updated = std::get_if<Updated>(&event)) {
    people_.Learn(updated->conversation);
    names_[updated->conversation.id] = NameOfConversation(updated->conversation, options_.self);
  } else if (const auto* left = std::get_if<Left>(&event)) {
    return OnLeft(left->conversation_id);
  } else if (std::holds_alternative<Connected>(event)) {
    output_.Notice(JsonObject().Str("event", "connected").Str("server", options_.server).Take(),
                   "connected to " + options_.server);
  } else if (const auto* lost = std::get_if<Disconnected>(&event)) {
    output_.Notice(
        JsonObject()
            .Str("event", "disconnected")
            .Str("reason", lost->reason)
            .Uint("retry_in_ms", static_cast<std::uint64_t>(lost->retry_in.count()))
            .Take(),
        fmt::format("connection lost ({}); trying again", ForTerminalLine(lost->reason)));
  } else if (const auto* signed_out = std::get_if<SignedOut>(&event)) {
    return signed_out->status;
  }
  return Status::Ok();
}

void TailView::OnChange(const Change& change) {
  if (!Wanted(change.conversation_id)) return;
  Seq& shown = shown_[change.conversation_id];
  if (change.seq <= shown) return;
  shown = change.seq;
  Show(change);
}

void TailView::OnLoaded(const Loaded& loaded) {
  const Conversation& conversation = loaded.conversation;
  if (!Wanted(conversation.id)) return;
  const Seq shown = shown_[conversation.id];
  if (shown < conversation.last_seq) {
    const auto missed = load_(conversation.id, shown, conversation.last_seq);
    // Only where it is over: the loader tries until then.
    if (!missed) return;
    Begin(conversation, conversation.last_seq);
    for (const Message& message : *missed) ShowPast(message, conversation.id);
  }
}

Status TailView::OnLeft(ConversationId conversation) {
  if (!Wanted(conversation)) return Status::Ok();
  const auto name = names_.find(conversation);
  output_.Notice(
      JsonObject().Str("event", "left").Str("conversation_id", conversation.ToString()).Take(),
      fmt::format("you are not in {} any more",
                  name == names_.end() ? conversation.ToString() : name->second));
  return options_.only ? NotFound("you are not in this conversation any more") : Status::Ok();
}

void TailView::Show(const Change& change) {
  if (output_.json()) {
    output_.Result(change.json, {});
    return;
  }
  std::string what;
  if (change.message) {
    what = fmt::format("{}: {}", people_.NameOf(change.actor_id), MessageText(*change.message));
  } else if (const std::string line = SystemLine(change, people_.NamesFor(change)); !line.empty()) {
    what = "* " + line;
  } else {
    return;
  }
  if (change.kind == "conversation" && change.title && !change.title->empty()) {
    names_[change.conversation_id] = ForTerminalLine(*change.title);
  }
  const std::string where =
      options_.only ? std::string() : fmt::format("[{}] ", names_[change.conversation_id]);
  output_.Result({}, fmt::format("{} {}{}", FormatTime(change.at, clock_.Now()), where, what));
}

}  // namespace parley::client::cli
