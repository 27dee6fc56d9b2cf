#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/function.h"
#include "net/connection_table.h"
#include "net/http_date.h"
#include "net/server.h"
#include "net/socket.h"
#include "runtime/gate.h"
#include "runtime/shard.h"
#include "runtime/timer.h"

namespace parley::net {

class WebSocketConnection;

/// What a server has on one shard: its connections, the one timer that watches their deadlines, and
/// those that have something to write. Belongs to the shard; made and destroyed by the server while
/// nothing of it runs.
class ServerShard {
 public:
  ServerShard(runtime::Shard& shard, const ServerOptions& options, HttpService& service,
              ServerStats& stats, ReadBudgets& reading);

  /// Begins to watch deadlines.
  void Start();
  /// Serves a connection until it ends; drops it when draining.
  void Serve(Accepted accepted);
  /// Ends idle connections, and WebSockets evenly over `spread`; the others end after their
  /// request.
  void Drain(std::chrono::milliseconds spread);
  /// Ends the WebSockets of now evenly over `spread`; new ones are served.
  void SendAway(std::chrono::milliseconds spread);
  /// Ends all connections; calls `done` when the last task has ended.
  void Stop(UniqueFunction<void()> done);

  // For its connections.
  runtime::Shard& shard() { return shard_; }
  const ServerOptions& options() const { return options_; }
  HttpService& service() { return service_; }
  ServerStats& stats() { return stats_; }
  ReadBudgets& reading() { return reading_; }
  /// What waits in the outboxes of this shard. Changed on it alone; read by anybody.
  std::atomic<std::int64_t>& outbox_bytes() { return outbox_bytes_; }
  ConnectionTable& http_connections() { return http_connections_; }
  ConnectionTable& websockets() { return websockets_; }
  HttpDate& date() { return date_; }
  runtime::Gate& gate() { return gate_; }
  bool draining() const { return draining_; }
  bool stopped() const { return stopped_; }
  /// The steps in which deadlines are noticed.
  std::chrono::milliseconds tick() const { return tick_; }
  /// Has the connection flush when the shard has run what is ready now, so that one write takes all
  /// that gathers until then.
  void FlushSoon(std::shared_ptr<WebSocketConnection> connection);

 private:
  void Sweep();
  void FlushAll();

  runtime::Shard& shard_;
  const ServerOptions& options_;
  HttpService& service_;
  ServerStats& stats_;
  ReadBudgets& reading_;
  std::atomic<std::int64_t> outbox_bytes_{0};
  std::chrono::milliseconds tick_;
  runtime::Gate gate_;
  runtime::Timer timer_;
  ConnectionTable http_connections_;
  ConnectionTable websockets_;
  std::vector<std::shared_ptr<WebSocketConnection>> to_flush_;
  std::vector<std::shared_ptr<WebSocketConnection>> flushing_;
  HttpDate date_;
  bool draining_ = false;
  bool stopped_ = false;
};

}  // namespace parley::net
