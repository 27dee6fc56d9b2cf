#include "net/server_shard.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "net/http_connection.h"
#include "net/websocket_connection.h"
#include "runtime/spawn.h"

namespace parley::net {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestTick{5};
constexpr milliseconds kLongestTick{250};
/// Steps in which a draining server closes WebSockets.
constexpr int kDrainSteps = 100;

/// An eighth of the shortest time-out: deadlines are at most that late.
milliseconds TickFor(const ServerOptions& options) {
  const milliseconds shortest =
      std::min({options.header_timeout, options.body_timeout, options.idle_timeout,
                options.heartbeat, options.close_timeout});
  return std::clamp(shortest / 8, kShortestTick, kLongestTick);
}

}  // namespace

ServerShard::ServerShard(runtime::Shard& shard, const ServerOptions& options, HttpService& service,
                         ServerStats& stats, ReadBudgets& reading)
    : shard_(shard),
      options_(options),
      service_(service),
      stats_(stats),
      reading_(reading),
      tick_(TickFor(options)),
      timer_(shard) {}

void ServerShard::Start() {
  timer_.After(tick_, [this] { Sweep(); });
}

void ServerShard::Serve(Accepted accepted) {
  if (draining_ || stopped_) return;
  runtime::Spawn(shard_, "http connection", gate_.Enter(),
                 HttpConnection::Serve(this, std::move(accepted)));
}

void ServerShard::Sweep() {
  if (stopped_) return;
  const SteadyTime now = std::chrono::steady_clock::now();
  http_connections_.Sweep(now);
  websockets_.Sweep(now);
  timer_.After(tick_, [this] { Sweep(); });
}

void ServerShard::Drain(milliseconds spread) {
  if (stopped_) return;
  draining_ = true;
  const SteadyTime now = std::chrono::steady_clock::now();
  http_connections_.Drain(now, spread);
  websockets_.Drain(now, spread);
  tick_ = std::clamp(spread / kDrainSteps, kShortestTick, tick_);
  Sweep();
}

void ServerShard::SendAway(milliseconds spread) {
  if (draining_ || stopped_) return;
  websockets_.Drain(std::chrono::steady_clock::now(), spread);
}

void ServerShard::Stop(UniqueFunction<void()> done) {
  stopped_ = true;
  timer_.Cancel();
  http_connections_.Stop();
  websockets_.Stop();
  gate_.Close(std::move(done));
}

void ServerShard::FlushSoon(std::shared_ptr<WebSocketConnection> connection) {
  to_flush_.push_back(std::move(connection));
  if (to_flush_.size() == 1) {
    boost::asio::post(shard_.executor(), [this] { FlushAll(); });
  }
}

void ServerShard::FlushAll() {
  // What asks for a flush meanwhile gets the next one. The two vectors change roles and keep their
  // memory.
  flushing_.swap(to_flush_);
  for (const std::shared_ptr<WebSocketConnection>& connection : flushing_) {
    connection->Flush();
  }
  flushing_.clear();
}

}  // namespace parley::net
