#include "bench/protocols/plain_peer.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "bench/message_text.h"
#include "bench/protocols/protocol.h"

namespace parley::bench {

std::string PlainPeer::name() const { return NamedPerson(index_).id; }

std::string PlainPeer::recipient() const {
  return in_group() ? std::string(kGroupName) : NamedPerson(held_.front().other).id;
}

void PlainPeer::SendMessage(std::size_t held, std::int64_t intended_ns) {
  const Stamp stamp = StampNext(intended_ns);
  if (awaits_ack() || !ready()) {
    pending_.push_back({stamp, held});
  } else {
    context_.stats.Add(Counter::kAcked);
    context_.stats.Add(Counter::kExpected);
  }
  if (ready()) Write(MakeText(stamp, context_.payload_bytes), stamp.number);
}

void PlainPeer::TakeAck(std::uint64_t number) {
  const auto found = std::ranges::find_if(
      pending_, [number](const Pending& pending) { return pending.stamp.number == number; });
  if (found == pending_.end()) return context_.stats.Add(Counter::kRepeated);
  const Pending acked = *found;
  pending_.erase(found);
  // In a group the sender gets a copy too.
  CountAck(acked.stamp, acked.held, in_group() ? held_[acked.held].members : 1);
}

void PlainPeer::TakeMessage(std::string_view text) {
  const std::optional<Stamp> stamp = ParseText(text);
  if (!stamp || stamp->sent_ns < begun_ns_) return context_.stats.Add(Counter::kOther);
  if (!Note(*stamp)) return;
  if (stamp->sender != index_) return CountDelivery(*stamp, 0);
  context_.stats.Add(Counter::kEchoed);
  if (acks_ == Acks::kNone) TakeAck(stamp->number);
}

void PlainPeer::TakeRefusal(std::string_view why) {
  context_.stats.Add(Counter::kRefused);
  context_.stats.NoteError(fmt::format("the server answered {}", why));
}

/// Whether it has not come before.
bool PlainPeer::Note(const Stamp& stamp) {
  auto found =
      std::ranges::find_if(last_, [&](const auto& entry) { return entry.first == stamp.sender; });
  if (found == last_.end()) found = last_.insert(found, {stamp.sender, 0});
  std::uint64_t& last = found->second;
  if (stamp.number <= last) {
    context_.stats.Add(Counter::kRepeated);
    return false;
  }
  if (stamp.number > last + 1) {
    context_.stats.Add(Counter::kHoles, stamp.number - last - 1);
    context_.stats.NoteError(fmt::format("message {} came after {}", stamp.number, last));
  }
  last = stamp.number;
  return true;
}

}  // namespace parley::bench
