#include "bench/parley_peer.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "bench/clock.h"
#include "client/json_writer.h"

namespace parley::bench {
namespace {

constexpr std::size_t kNotHeld = static_cast<std::size_t>(-1);
/// More go into further frames.
constexpr std::size_t kHeadsOfFrame = 1'000;

std::string NewClientId(Random& random) {
  return Uuid::Version7(SystemClock().Now(), random).ToString();
}

}  // namespace

void ParleyPeer::Connect(bool resume) {
  resume_ = resume;
  socket_.Connect(target(), resume ? "/v1/ws?resume=1" : "/v1/ws",
                  fmt::format("Sec-WebSocket-Protocol: parley.v1\r\nAuthorization: Bearer {}\r\n",
                              person_.token));
}

void ParleyPeer::Close() {
  NotReady();
  socket_.Close();
}

void ParleyPeer::Abort() {
  NotReady();
  socket_.Abort();
}

void ParleyPeer::SendMessage(std::size_t held, std::int64_t intended_ns) {
  pending_.push_back({StampNext(intended_ns), held, NewClientId(context_.random)});
  if (ready()) Write(pending_.back());
}

void ParleyPeer::Write(const Pending& pending) {
  // The text needs no escapes.
  socket_.Send(fmt::format(
      R"({{"type":"send","ref":"{}","conversation_id":"{}","client_id":"{}","text":"{}"}})",
      pending.stamp.number, held_[pending.held].conversation, pending.client_id,
      MakeText(pending.stamp, context_.payload_bytes)));
}

void ParleyPeer::SendPosition(std::string_view type, std::size_t held) {
  Held& at = held_[held];
  if (!ready()) return;
  if (type == "read") at.read_seq = at.seq;
  context_.stats.Add(Counter::kPositionsSent);
  socket_.Send(fmt::format(R"({{"type":"{}","conversation_id":"{}","seq":{}}})", type,
                           at.conversation, at.seq));
}

void ParleyPeer::SendTyping(std::size_t held, bool active) {
  if (!ready()) return;
  context_.stats.Add(Counter::kTypingSent);
  socket_.Send(fmt::format(R"({{"type":"typing","conversation_id":"{}","active":{}}})",
                           held_[held].conversation, active));
}

void ParleyPeer::WatchPresence(const std::vector<std::string>& user_ids) {
  if (!ready()) return;
  std::vector<std::string> quoted;
  quoted.reserve(user_ids.size());
  for (const std::string& id : user_ids) quoted.push_back(client::JsonString(id));
  socket_.Send(client::JsonObject()
                   .Str("type", "watch_presence")
                   .Raw("user_ids", client::JsonArray(quoted))
                   .Take());
}

void ParleyPeer::SendRefusedAgain() {
  if (!ready()) return;  // the resume does it
  for (Pending& pending : pending_) {
    if (!std::exchange(pending.refused, false)) continue;
    context_.stats.Add(Counter::kResends);
    Write(pending);
  }
}

void ParleyPeer::OnText(std::string_view text) {
  simdjson::dom::element element;
  if (context_.parser.parse(text.data(), text.size()).get(element) != simdjson::SUCCESS) {
    context_.stats.Add(Counter::kRefused);
    context_.stats.NoteError("the server sent a frame that is not JSON");
    return;
  }
  const client::Json frame(element);
  const std::string_view type = frame["type"].Str();
  if (type == "change") {
    OnChange(frame, true);
  } else if (type == "ack") {
    OnAckFrame(frame);
  } else if (type == "error") {
    OnErrorFrame(frame);
  } else if (type == "ready") {
    OnReadyFrame();
  } else if (type == "sync") {
    OnSync(frame);
  } else {
    CountOther(type);
  }
}

void ParleyPeer::OnReadyFrame() {
  if (resume_) {
    SendResume();
  } else {
    BecomeReady();
  }
}

void ParleyPeer::SendResume() {
  std::size_t at = 0;
  do {
    const std::size_t end = std::min(at + kHeadsOfFrame, held_.size());
    client::JsonObject heads;
    for (; at < end; ++at) heads.Uint(held_[at].conversation, held_[at].seq);
    client::JsonObject frame;
    frame.Str("type", "resume").StrUnlessEmpty("cursor", cursor_).Raw("heads", heads.Take());
    if (at < held_.size()) frame.Bool("more", true);
    socket_.Send(frame.Take());
  } while (at < held_.size());
}

void ParleyPeer::OnSync(const client::Json& frame) {
  for (const client::Json& part : frame["conversations"].Items()) {
    if (part["reset"].Bool()) {
      const std::size_t held = Find(part["conversation"]["id"].Str());
      if (held == kNotHeld) continue;
      context_.stats.Add(Counter::kResets);
      held_[held].seq = part["conversation"]["last_seq"].Uint();
    }
    for (const client::Json& change : part["changes"].Items()) OnChange(change, false);
  }
  if (frame["more"].Bool()) return;
  cursor_ = frame["cursor"].Str();
  BecomeReady();
  // Retries come under the same client_id: what was stored before the connection broke is not
  // stored again.
  for (Pending& pending : pending_) {
    pending.refused = false;
    context_.stats.Add(Counter::kResends);
    Write(pending);
  }
}

std::deque<ParleyPeer::Pending>::iterator ParleyPeer::FindPending(std::string_view ref) {
  std::uint64_t number = 0;
  std::from_chars(ref.data(), ref.data() + ref.size(), number);
  return std::find_if(pending_.begin(), pending_.end(),
                      [number](const Pending& p) { return p.stamp.number == number; });
}

void ParleyPeer::OnAckFrame(const client::Json& frame) {
  const auto found = FindPending(frame["ref"].Str());
  if (found == pending_.end()) return context_.stats.Add(Counter::kRepeated);
  const Pending acked = std::move(*found);
  pending_.erase(found);
  CountAck(acked.stamp, acked.held, held_[acked.held].members);
}

/// Whether it is of a message that is tried again.
bool ParleyPeer::TakeRefusal(const client::Json& frame) {
  if (frame["code"].Str() != "unavailable") return false;
  const auto found = FindPending(frame["ref"].Str());
  if (found == pending_.end() || !observer_.OnRefusedForNow(*this)) return false;
  found->refused = true;
  return true;
}

void ParleyPeer::OnErrorFrame(const client::Json& frame) {
  if (TakeRefusal(frame)) return;
  context_.stats.Add(Counter::kRefused);
  context_.stats.NoteError(
      fmt::format("the server answered {}: {}", frame["code"].Str(), frame["detail"].Str()));
}

void ParleyPeer::OnChange(const client::Json& change, bool live) {
  const std::size_t held = Find(change["conversation_id"].Str());
  if (held == kNotHeld) return context_.stats.Add(Counter::kOther);
  const std::uint64_t seq = change["seq"].Uint();
  std::uint64_t& have = held_[held].seq;
  if (seq <= have) return context_.stats.Add(Counter::kRepeated);
  if (seq > have + 1) {
    context_.stats.Add(Counter::kHoles, seq - have - 1);
    context_.stats.NoteError(fmt::format("change {} came after {}", seq, have));
  }
  have = seq;
  if (change["kind"].Str() == "message") CountMessage(change["message"], held, live);
}

void ParleyPeer::CountMessage(const client::Json& message, std::size_t held, bool live) {
  const std::optional<Stamp> stamp = ParseText(message["text"].Str());
  if (!stamp) return context_.stats.Add(Counter::kOther);
  if (!live) return context_.stats.Add(Counter::kRecovered);
  if (stamp->sender == index_) return context_.stats.Add(Counter::kEchoed);
  CountDelivery(*stamp, held);
}

void ParleyPeer::CountOther(std::string_view type) {
  Counter counter = Counter::kOther;
  if (type == "receipt") counter = Counter::kReceipts;
  if (type == "typing") counter = Counter::kTyping;
  if (type == "presence") counter = Counter::kPresence;
  if (type == "inbox") counter = Counter::kInbox;
  context_.stats.Add(counter);
}

std::size_t ParleyPeer::Find(std::string_view conversation) const {
  const auto found = std::find_if(held_.begin(), held_.end(), [conversation](const Held& held) {
    return held.conversation == conversation;
  });
  return found == held_.end() ? kNotHeld : static_cast<std::size_t>(found - held_.begin());
}

}  // namespace parley::bench
