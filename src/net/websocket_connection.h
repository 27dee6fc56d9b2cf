#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/connection_table.h"
#include "net/frame_budget.h"
#include "net/http.h"
#include "net/outbox.h"
#include "net/read_budget.h"
#include "net/server_shard.h"
#include "net/socket.h"
#include "net/websocket.h"
#include "net/websocket_stream.h"
#include "runtime/gate.h"

namespace parley::net {

/// One WebSocket, from the handshake's answer to the end of its socket. A state machine over
/// callbacks: one read at a time, one writer, both asked for by the events of the shard.
///
/// Keeps itself alive until its socket is closed; then it leaves the table of its shard.
class WebSocketConnection final : public WebSocket,
                                  public Connection,
                                  public WebSocketHost,
                                  public std::enable_shared_from_this<WebSocketConnection> {
 public:
  /// Answers a valid handshake and hands the connection to `accept.handler`. `early` is what the
  /// peer sent behind its handshake.
  static void Open(ServerShard& shard, Accepted accepted, std::string early, const std::string& key,
                   AcceptWebSocket accept);

  WebSocketConnection(ServerShard& shard, Accepted accepted, std::string early,
                      std::unique_ptr<WebSocketHandler> handler);
  ~WebSocketConnection() override;

  bool Send(wire::Frame frame) override;
  void Close(CloseCode code, std::string_view reason) override;
  void PauseReading() override;
  void ResumeReading() override;
  std::size_t queued_bytes() const override { return outbox_.bytes(); }
  std::size_t queued_frames() const override { return outbox_.pieces(); }

  void OnDeadline() override;
  void DrainAt(SteadyTime when) override;
  void Stop() override;

  Socket& socket() override { return connection_.socket; }
  void OnProtocolBytes(std::string bytes) override;
  void OnInputAwaited() override;
  void OnAccepted(bool ok) override;
  void OnRead(WebSocketRead read) override;
  void OnControlFrame() override { unanswered_pings_ = 0; }
  void OnExtraFrames(std::size_t count) override;

  /// Writes what waits; called by the shard after FlushSoon.
  void Flush();

 private:
  enum class State : std::uint8_t {
    kOpening,  ///< our answer to the handshake is on its way
    kOpen,     ///< frames go both ways
    kClosing,  ///< a close frame of ours is queued, the last that goes out; the peer's is awaited
    kOverflowing,  ///< the outbox was full: one attempt to say so is left
    kLingering,    ///< both close frames are made; what is queued goes out, then the socket ends
    kEnded,        ///< the socket is closed
  };

  enum class FlushState : std::uint8_t {
    kNone,
    kHeld,   ///< wanted, once what the peer sent is read
    kAsked,  ///< the shard will call Flush
  };

  void BeginClose(CloseCode code, std::string_view text, CloseReason reason);
  void Overflow();
  /// Tells the handler the end, if it does not know yet. Never from within a method of WebSocket.
  void Finish(CloseReason reason);
  /// Closes the socket.
  void End();
  /// After both close frames: waits for the peer to have taken all, then ends.
  void Linger();
  void DiscardInput();
  void Heartbeat();
  /// The begun message has not ended in time.
  void OnUnfinished();
  /// Begins or ends the wait for the end of a message.
  void TimeMessage();

  void HandleRead(WebSocketRead read);
  void KeepReading();
  void Deliver();
  /// Makes room for more of the message; false if the budget of the server does not allow it.
  bool MakeRoom();
  std::span<char> Room();
  std::string_view message() const;
  void ForgetMessage();

  /// Has Flush called behind what the shard is doing now, and behind what the peer sent in one
  /// piece: the answers to all of it go out together.
  void FlushSoon();
  void AwaitWritable();
  void SetDeadline(SteadyTime deadline) { shard_.websockets().SetDeadline(*this, deadline); }
  /// The earlier one of what an open connection has to keep.
  void SetOpenDeadline() { SetDeadline(std::min(heartbeat_at_, message_due_)); }
  SteadyTime CloseDeadline() const;

  /// Where an idle connection reads into. Most messages fit, and are given out from here.
  static constexpr std::size_t kSmallMessage = 512;

  const runtime::Gate::Pass pass_;
  // What a frame on its way out touches lies together: a delivery to a group finds each of its
  // connections in no cache.
  ServerShard& shard_;
  std::shared_ptr<WebSocketConnection> self_;  // until End
  State state_ = State::kOpening;
  FlushState flush_ = FlushState::kNone;
  bool input_at_hand_ = false;     // a read came to something; perhaps the next need not wait
  bool writable_awaited_ = false;  // the socket's buffer is full
  bool told_open_ = false;         // OnOpen was called
  bool reading_ = false;           // a read is under way
  bool delivering_ = false;        // OnText is on the stack
  bool paused_ = false;
  bool message_ready_ = false;  // complete, not yet given to the handler
  bool drain_ = false;          // the deadline is that of draining
  std::uint8_t unanswered_pings_ = 0;
  std::uint16_t close_code_ = 0;       // of our close frame
  std::optional<CloseReason> reason_;  // as soon as it is known
  Outbox outbox_;
  Accepted connection_;
  std::unique_ptr<WebSocketHandler> handler_;
  WebSocketStream stream_;

  SteadyTime heartbeat_at_ = kNever;  // while open
  SteadyTime message_due_ = kNever;   // while a message has begun
  FrameBudget extra_frames_;

  std::array<char, kSmallMessage> small_{};
  std::string large_;         // the message once small_ was too small
  ReadBudget::Share share_;   // for large_
  std::size_t received_ = 0;  // bytes of the message so far
};

}  // namespace parley::net
