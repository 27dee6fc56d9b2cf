#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"
#include "net/read_budget.h"
#include "runtime/shard.h"

namespace parley::net {

/// Limits and time-outs of a listener; all configurable (section [server]).
struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one

  std::size_t header_bytes = std::size_t{16} * 1024;  ///< request line and headers together
  std::size_t body_bytes = std::size_t{256} * 1024;   ///< else 413
  std::size_t frame_bytes = std::size_t{256} * 1024;  ///< of a WebSocket message, else 1009
  std::size_t reading_bytes =
      std::size_t{32} * 1024 * 1024;  ///< that requests of strangers being read and answered may
                                      ///< hold together beyond 4 KiB of each, as much those of
                                      ///< known people (else 503), and WebSocket messages (1013)
  std::chrono::milliseconds header_timeout{
      10'000};  ///< from the first byte of a request, or from the start of the connection, to the
                ///< end of its headers
  std::chrono::milliseconds body_timeout{
      30'000};  ///< for the body after the headers; for a WebSocket message after its first bytes
  std::chrono::milliseconds idle_timeout{75'000};  ///< between requests of a connection
  std::chrono::milliseconds heartbeat{
      20'000};  ///< between WebSocket pings; two unanswered end the connection, the second after
                ///< half of this: a vanished peer is found within two and a half heartbeats
  std::chrono::milliseconds close_timeout{
      2'000};  ///< from our close frame to the end of the connection
  std::size_t outbox_bytes = std::size_t{1024} * 1024;  ///< that may wait per WebSocket, else 1013
  std::size_t outbox_frames = 4'096;                    ///< the same in frames
  std::size_t extra_frames_per_second =
      100;  ///< pings, pongs and unfinished fragments of one WebSocket, ten seconds' worth at once;
            ///< beyond, 4008; 0: no limit
  std::size_t max_connections = 19'000;  ///< of this listener; further ones are refused with 503
  std::size_t max_connections_per_address = 1'000;  ///< the same of one address; 0: no limit
  std::vector<std::string> uncounted_addresses;     ///< addresses and networks without that limit
};

/// Why a connection was not let in. Append only.
enum class RefusalReason : std::uint8_t {
  kFull,            ///< max_connections
  kFullForAddress,  ///< max_connections_per_address
};
inline constexpr std::size_t kRefusalReasons = 2;
std::string_view RefusalReasonName(RefusalReason reason);

/// What an HTTP connection did not do in time. Append only.
enum class HttpTimeout : std::uint8_t {
  kIdle,    ///< no further request came
  kHeader,  ///< the first request did not begin, or headers were not ended
  kBody,    ///< the body was not ended
  kAnswer,  ///< the answer was not taken
  kClose,   ///< the peer did not close after the last answer
};
inline constexpr std::size_t kHttpTimeouts = 5;
std::string_view HttpTimeoutName(HttpTimeout timeout);

/// What a server counts. Written by its shards, read by anybody.
struct ServerStats {
  std::atomic<std::int64_t> connections{0};                       ///< open now, WebSockets included
  std::atomic<std::int64_t> websockets{0};                        ///< open now
  std::atomic<std::uint64_t> websockets_closed[kCloseReasons]{};  ///< by CloseReason
  std::atomic<std::uint64_t> close_codes[kCloseCodeSlots]{};      ///< sent, by CloseCodeSlot
  std::atomic<std::uint64_t> refused[kRefusalReasons]{};          ///< connections, by RefusalReason
  std::atomic<std::uint64_t> http_timeouts[kHttpTimeouts]{};      ///< by HttpTimeout
};

/// An HTTP/1.1 and WebSocket server over plain TCP. Connections are spread over the shards in turn,
/// and live and die on theirs.
///
/// Start once; Drain and Stop once each, in this order. Those three from a thread that is no
/// shard's.
class Server {
 public:
  /// `service` and `shards` must outlive the server.
  Server(std::vector<runtime::Shard*> shards, ServerOptions options, HttpService& service);
  ~Server();

  /// Binds and listens, then accepts on the shards, which must run by then or soon. kUnavailable,
  /// with what to do, if the address is taken or may not be used.
  Status Start();
  /// The port in use, after Start.
  std::uint16_t port() const;
  const ServerStats& stats() const;
  /// What waits in the outboxes of all WebSockets. Any thread.
  std::int64_t outbox_bytes() const;
  /// What is being read. Any thread.
  const ReadBudgets& reading() const;

  /// Closes the WebSockets of now with 1012, spread evenly over `spread`, and serves on: for people
  /// who are better off elsewhere. Returns at once. Any thread, between Start and Stop.
  void SendAway(std::chrono::milliseconds spread);
  /// Stops accepting; requests in flight end; idle connections are closed; WebSockets are closed
  /// with 1012, spread evenly over `spread`. Returns when all have ended, at the latest `spread` +
  /// close_timeout later.
  void Drain(std::chrono::milliseconds spread);
  /// Has a Drain under way close everything now, not spread; it returns at the latest
  /// close_timeout later. From another thread; nothing where none is under way.
  void HurryDrain();
  /// Ends all that is left at once. The shards must still run. After it no handler is called.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::net
