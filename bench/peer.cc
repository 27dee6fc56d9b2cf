#include "bench/peer.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.h"
#include "bench/clock.h"
#include "client/json_writer.h"

namespace parley::bench {
namespace {

constexpr std::size_t kNotHeld = static_cast<std::size_t>(-1);

std::uint64_t Since(std::int64_t from_ns) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(NowNs() - from_ns, 0));
}

std::string NewClientId(Random& random) {
  return Uuid::Version7(FromMillis(NowNs() / kNsPerMs), random).ToString();
}

}  // namespace

void Peer::Connect(bool resume) {
  resume_ = resume;
  socket_.Connect(context_.targets.at(target_), resume ? "/v1/ws?resume=1" : "/v1/ws",
                  person_.token);
}

void Peer::Drop(bool abruptly) {
  ready_ = false;
  if (abruptly) {
    socket_.Abort();
  } else {
    socket_.Close();
  }
}

void Peer::SendMessage(std::size_t held, std::int64_t intended_ns) {
  context_.stats.Add(Counter::kSent);
  if (context_.state.Measured(intended_ns)) context_.stats.lag.Record(Since(intended_ns));
  pending_.push_back({{index_, ++messages_, intended_ns}, held, NewClientId(context_.random)});
  if (ready_) Write(pending_.back());
}

void Peer::Write(const Pending& pending) {
  // The text needs no escapes.
  socket_.Send(fmt::format(
      R"({{"type":"send","ref":"{}","conversation_id":"{}","client_id":"{}","text":"{}"}})",
      pending.stamp.number, held_[pending.held].conversation, pending.client_id,
      MakeText(pending.stamp, context_.payload_bytes)));
}

void Peer::SendPosition(std::string_view type, std::size_t held) {
  Held& at = held_[held];
  if (!ready_) return;
  if (type == "read") at.read_seq = at.seq;
  context_.stats.Add(Counter::kPositionsSent);
  socket_.Send(fmt::format(R"({{"type":"{}","conversation_id":"{}","seq":{}}})", type,
                           at.conversation, at.seq));
}

void Peer::SendTyping(std::size_t held, bool active) {
  if (!ready_) return;
  context_.stats.Add(Counter::kTypingSent);
  socket_.Send(fmt::format(R"({{"type":"typing","conversation_id":"{}","active":{}}})",
                           held_[held].conversation, active));
}

void Peer::WatchPresence(const std::vector<std::string>& user_ids) {
  if (!ready_) return;
  std::vector<std::string> quoted;
  quoted.reserve(user_ids.size());
  for (const std::string& id : user_ids) quoted.push_back(client::JsonString(id));
  socket_.Send(client::JsonObject()
                   .Str("type", "watch_presence")
                   .Raw("user_ids", client::JsonArray(quoted))
                   .Take());
}

void Peer::SendRefusedAgain() {
  if (!ready_) return;  // the resume does it
  for (Pending& pending : pending_) {
    if (!std::exchange(pending.refused, false)) continue;
    context_.stats.Add(Counter::kResends);
    Write(pending);
  }
}

void Peer::OnEnd(const std::string& why) {
  const bool came_back = was_ready_ && !ready_;
  ready_ = false;
  context_.stats.Add(came_back ? Counter::kConnectsFailed : Counter::kConnectionsLost);
  context_.stats.NoteError(why);
  observer_.OnLost(*this);
}

void Peer::OnText(std::string_view text) {
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

void Peer::OnReadyFrame() {
  if (resume_) {
    SendResume();
  } else {
    BecomeReady();
  }
}

void Peer::SendResume() {
  client::JsonObject heads;
  for (const Held& held : held_) heads.Uint(held.conversation, held.seq);
  socket_.Send(client::JsonObject()
                   .Str("type", "resume")
                   .StrUnlessEmpty("cursor", cursor_)
                   .Raw("heads", heads.Take())
                   .Take());
}

void Peer::OnSync(const client::Json& frame) {
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

void Peer::BecomeReady() {
  ready_ = true;
  if (!was_ready_) context_.stats.Add(Counter::kConnected);
  was_ready_ = true;
  observer_.OnReady(*this);
}

void Peer::OnAckFrame(const client::Json& frame) {
  const std::string_view ref = frame["ref"].Str();
  std::uint64_t number = 0;
  std::from_chars(ref.data(), ref.data() + ref.size(), number);
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [number](const Pending& p) { return p.stamp.number == number; });
  if (found == pending_.end()) {
    context_.stats.Add(Counter::kRepeated);
    return;
  }
  const std::size_t held = found->held;
  context_.stats.Add(Counter::kAcked);
  context_.stats.Add(Counter::kExpected, held_[held].members);
  const std::int64_t sent_ns = found->stamp.sent_ns;
  if (context_.state.Measured(sent_ns)) context_.stats.ack.Record(Since(sent_ns));
  pending_.erase(found);
  observer_.OnAck(*this, held);
}

/// Whether it is of a message that is tried again.
bool Peer::TakeRefusal(const client::Json& frame) {
  if (frame["code"].Str() != "unavailable") return false;
  const std::string_view ref = frame["ref"].Str();
  std::uint64_t number = 0;
  std::from_chars(ref.data(), ref.data() + ref.size(), number);
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [number](const Pending& p) { return p.stamp.number == number; });
  if (found == pending_.end() || !observer_.OnRefusedForNow(*this)) return false;
  found->refused = true;
  return true;
}

void Peer::OnErrorFrame(const client::Json& frame) {
  if (TakeRefusal(frame)) return;
  context_.stats.Add(Counter::kRefused);
  context_.stats.NoteError(
      fmt::format("the server answered {}: {}", frame["code"].Str(), frame["detail"].Str()));
}

void Peer::OnChange(const client::Json& change, bool live) {
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

void Peer::CountMessage(const client::Json& message, std::size_t held, bool live) {
  const std::optional<Stamp> stamp = ParseText(message["text"].Str());
  if (!stamp) return context_.stats.Add(Counter::kOther);
  if (!live) return context_.stats.Add(Counter::kRecovered);
  if (stamp->sender == index_) return context_.stats.Add(Counter::kEchoed);
  context_.stats.Add(Counter::kDelivered);
  if (context_.state.Measured(stamp->sent_ns)) {
    context_.stats.delivery.Record(Since(stamp->sent_ns));
  }
  observer_.OnMessage(*this, held);
}

void Peer::CountOther(std::string_view type) {
  Counter counter = Counter::kOther;
  if (type == "receipt") counter = Counter::kReceipts;
  if (type == "typing") counter = Counter::kTyping;
  if (type == "presence") counter = Counter::kPresence;
  if (type == "inbox") counter = Counter::kInbox;
  context_.stats.Add(counter);
}

std::size_t Peer::Find(std::string_view conversation) const {
  const auto found = std::find_if(held_.begin(), held_.end(), [conversation](const Held& held) {
    return held.conversation == conversation;
  });
  return found == held_.end() ? kNotHeld : static_cast<std::size_t>(found - held_.begin());
}

}  // namespace parley::bench
