#include "client/outbox.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "client/errors.h"
#include "client/json_writer.h"

namespace parley::client {
namespace {

/// How long to wait where the server asks for patience without saying how much.
constexpr std::chrono::milliseconds kDefaultRetry{1'000};

}  // namespace

Status Outbox::Add(OutgoingMessage message) {
  if (entries_.size() >= kMaxMessages) {
    return Status(StatusCode::kRateLimited, "too many messages are waiting to be sent");
  }
  std::string ref = message.client_id.ToString();
  entries_.push_back({std::move(message), std::move(ref), false});
  return Status::Ok();
}

std::vector<std::string> Outbox::TakeDue() {
  std::vector<std::string> frames;
  if (!live_ || paused_) return frames;
  std::unordered_set<ConversationId> busy;
  for (Entry& entry : entries_) {
    const bool first = busy.insert(entry.message.conversation_id).second;
    if (!first || entry.on_its_way) continue;
    entry.on_its_way = true;
    frames.push_back(EncodeSendFrame(entry.message, entry.ref));
  }
  return frames;
}

void Outbox::OnDisconnected() {
  live_ = false;
  paused_ = false;
  for (Entry& entry : entries_) entry.on_its_way = false;
}

std::optional<OutgoingMessage> Outbox::OnAck(std::string_view ref) {
  const auto found = Find(ref);
  if (found == entries_.end()) return std::nullopt;
  OutgoingMessage message = std::move(found->message);
  entries_.erase(found);
  return message;
}

std::optional<Outbox::Refusal> Outbox::OnError(std::string_view ref, const Status& status) {
  const auto found = Find(ref);
  if (found == entries_.end()) return std::nullopt;
  Refusal refusal;
  if (IsRetryable(status.code())) {
    found->on_its_way = false;
    paused_ = true;
    refusal.retry_in = status.retry_after().value_or(kDefaultRetry);
  } else {
    refusal.failed = std::move(found->message);
    entries_.erase(found);
  }
  return refusal;
}

std::deque<Outbox::Entry>::iterator Outbox::Find(std::string_view ref) {
  return std::find_if(entries_.begin(), entries_.end(),
                      [&](const Entry& entry) { return entry.ref == ref; });
}

std::string EncodeSendFrame(const OutgoingMessage& message, std::string_view ref) {
  JsonObject frame;
  frame.Str("type", "send")
      .Str("ref", ref)
      .Str("conversation_id", message.conversation_id.ToString())
      .Str("client_id", message.client_id.ToString())
      .Str("text", message.text);
  if (message.reply_to) frame.Uint("reply_to", message.reply_to->value());
  return frame.Take();
}

std::string EncodeSendBody(const OutgoingMessage& message) {
  JsonObject body;
  body.Str("client_id", message.client_id.ToString()).Str("text", message.text);
  if (message.reply_to) body.Uint("reply_to", message.reply_to->value());
  return body.Take();
}

}  // namespace parley::client
