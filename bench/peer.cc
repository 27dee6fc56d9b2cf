#include "bench/peer.h"

#include <algorithm>

#include "bench/clock.h"

namespace parley::bench {
namespace {

std::uint64_t Since(std::int64_t from_ns) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(NowNs() - from_ns, 0));
}

}  // namespace

void Peer::BecomeReady() {
  ready_ = true;
  if (!was_ready_) context_.stats.Add(Counter::kConnected);
  was_ready_ = true;
  observer_.OnReady(*this);
}

void Peer::Lose(const std::string& why) {
  const bool came_back = was_ready_ && !ready_;
  ready_ = false;
  context_.stats.Add(came_back ? Counter::kConnectsFailed : Counter::kConnectionsLost);
  context_.stats.NoteError(why);
  observer_.OnLost(*this);
}

Stamp Peer::StampNext(std::int64_t intended_ns) {
  context_.stats.Add(Counter::kSent);
  if (context_.state.Measured(intended_ns)) context_.stats.lag.Record(Since(intended_ns));
  return {index_, ++messages_, intended_ns};
}

void Peer::CountAck(const Stamp& stamp, std::size_t held, std::uint64_t expected) {
  context_.stats.Add(Counter::kAcked);
  context_.stats.Add(Counter::kExpected, expected);
  if (context_.state.Measured(stamp.sent_ns)) context_.stats.ack.Record(Since(stamp.sent_ns));
  observer_.OnAck(*this, held);
}

void Peer::CountDelivery(const Stamp& stamp, std::size_t held) {
  context_.stats.Add(Counter::kDelivered);
  if (context_.state.Measured(stamp.sent_ns)) {
    context_.stats.delivery.Record(Since(stamp.sent_ns));
  }
  observer_.OnMessage(*this, held);
}

}  // namespace parley::bench
