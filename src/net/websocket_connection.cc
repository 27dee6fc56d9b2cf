#include "net/websocket_connection.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <simdjson.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "net/control_frame.h"

namespace parley::net {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

/// What a message that is no small one gets at first.
constexpr std::size_t kLargeMessage = 4 * 1024;
constexpr int kPingsToMiss = 2;

/// What the kernel may hold for a peer beyond what is on its way to it. Without this bound it takes
/// megabytes for each slow reader, unseen by the outbox's.
constexpr int kUnsentBytes = 128 * 1024;

void BoundUnsent(Socket& socket) {
  // Where it cannot be set the kernel's own bound (tcp_wmem) holds.
  std::ignore = ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes,
                             sizeof(kUnsentBytes));
}

void ResetAtClose(Socket& socket) {
  error_code ignored;
  socket.set_option(Socket::linger(true, 0), ignored);
}

}  // namespace

void WebSocketConnection::Open(ServerShard& shard, Accepted accepted, std::string early,
                               const std::string& key, AcceptWebSocket accept) {
  auto connection = std::make_shared<WebSocketConnection>(
      shard, std::move(accepted), std::move(early), std::move(accept.handler));
  connection->self_ = connection;
  connection->stream_.Accept(key, {accept.subprotocol, std::move(accept.headers)}, connection);
}

WebSocketConnection::WebSocketConnection(ServerShard& shard, Accepted accepted, std::string early,
                                         std::unique_ptr<WebSocketHandler> handler)
    : pass_(shard.gate().Enter()),
      shard_(shard),
      outbox_(shard.options().outbox_bytes, shard.options().outbox_frames, &shard.outbox_bytes()),
      connection_(std::move(accepted)),
      handler_(std::move(handler)),
      stream_(*this, shard.options().frame_bytes, std::move(early)),
      share_(shard.reading().messages) {
  BoundUnsent(connection_.socket);
  shard_.websockets().Add(*this, kNever);
}

WebSocketConnection::~WebSocketConnection() = default;

// ---- The handler's side ----

bool WebSocketConnection::Send(wire::Frame frame) {
  if (state_ != State::kOpen) return false;
  if (!outbox_.Push(std::move(frame))) {
    Overflow();
    return false;
  }
  FlushSoon();
  return true;
}

void WebSocketConnection::Close(CloseCode code, std::string_view reason) {
  BeginClose(code, reason, CloseReason::kByServer);
}

void WebSocketConnection::PauseReading() { paused_ = true; }

void WebSocketConnection::ResumeReading() {
  paused_ = false;
  if (message_ready_) {
    boost::asio::post(shard_.shard().executor(), [self = shared_from_this()] { self->Deliver(); });
  } else {
    KeepReading();
  }
}

void WebSocketConnection::BeginClose(CloseCode code, std::string_view text, CloseReason reason) {
  if (state_ != State::kOpen) return;
  state_ = State::kClosing;
  reason_ = reason;
  close_code_ = static_cast<std::uint16_t>(code);
  outbox_.PushLast(EncodeClose(code, text));
  SetDeadline(CloseDeadline());
  FlushSoon();
  // The peer's close frame is to be seen, whatever the handler wants to read.
  ForgetMessage();
  KeepReading();
}

void WebSocketConnection::Overflow() {
  state_ = State::kOverflowing;
  reason_ = CloseReason::kSlowReader;
  close_code_ = static_cast<std::uint16_t>(CloseCode::kTryAgainLater);
  outbox_.DropUnbegun();
  outbox_.PushLast(EncodeClose(CloseCode::kTryAgainLater, "reading too slowly"));
  FlushSoon();
}

// ---- The shard's side ----

void WebSocketConnection::OnDeadline() {
  if (state_ == State::kOpen && drain_) {
    return BeginClose(CloseCode::kServiceRestart, "the server restarts", CloseReason::kShutdown);
  }
  if (state_ == State::kOpen) {
    return message_due_ < heartbeat_at_ ? OnUnfinished() : Heartbeat();
  }
  Finish(reason_.value_or(CloseReason::kByPeer));
  End();
}

void WebSocketConnection::Heartbeat() {
  if (!reading_) {
    unanswered_pings_ = 0;  // who is not read from cannot be heard to answer
  } else if (unanswered_pings_++ >= kPingsToMiss) {
    Finish(CloseReason::kHeartbeat);
    return End();
  }
  outbox_.Shrink();
  if (!outbox_.Push(EncodePing())) return Overflow();
  FlushSoon();
  const auto heartbeat = shard_.options().heartbeat;
  heartbeat_at_ =
      steady_clock::now() + (unanswered_pings_ < kPingsToMiss ? heartbeat : heartbeat / 2);
  SetOpenDeadline();
}

void WebSocketConnection::OnUnfinished() {
  if (!reading_) {  // it is we who wait
    message_due_ = steady_clock::now() + shard_.options().body_timeout;
    return SetOpenDeadline();
  }
  BeginClose(CloseCode::kBadProtocol, "the message took too long to arrive",
             CloseReason::kUnfinished);
}

void WebSocketConnection::TimeMessage() {
  const bool unfinished = received_ > 0 && !message_ready_ && state_ == State::kOpen;
  if (unfinished == (message_due_ != kNever)) return;
  message_due_ = unfinished ? steady_clock::now() + shard_.options().body_timeout : kNever;
  if (state_ == State::kOpen && !drain_) SetOpenDeadline();
}

void WebSocketConnection::OnExtraFrames(std::size_t count) {
  if (state_ != State::kOpen) return;
  if (extra_frames_.Take(count, shard_.options().extra_frames_per_second, steady_clock::now())) {
    return;
  }
  BeginClose(CloseCode::kTooFast, "too many pings, pongs or fragments", CloseReason::kFrameFlood);
}

void WebSocketConnection::DrainAt(SteadyTime when) {
  if (state_ != State::kOpen) return;
  drain_ = true;
  SetDeadline(when);
}

void WebSocketConnection::Stop() {
  Finish(CloseReason::kShutdown);
  End();
}

SteadyTime WebSocketConnection::CloseDeadline() const {
  // Deadlines are noticed up to one tick late; this one is a promise to the peer.
  return steady_clock::now() + shard_.options().close_timeout - shard_.tick();
}

void WebSocketConnection::Finish(CloseReason reason) {
  if (!handler_) return;
  // From here on nothing can be sent, not even by OnClosed.
  if (state_ != State::kEnded) state_ = State::kLingering;
  const std::unique_ptr<WebSocketHandler> handler = std::move(handler_);
  if (!told_open_) return;
  shard_.stats().websockets.fetch_sub(1, std::memory_order_relaxed);
  shard_.stats().websockets_closed[static_cast<std::size_t>(reason)].fetch_add(
      1, std::memory_order_relaxed);
  shard_.stats().close_codes[CloseCodeSlot(close_code_)].fetch_add(1, std::memory_order_relaxed);
  handler->OnClosed(reason);
}

void WebSocketConnection::End() {
  if (state_ == State::kEnded) return;
  state_ = State::kEnded;
  error_code ignored;
  connection_.socket.close(ignored);
  shard_.websockets().Remove(*this);
  // Whoever called may still be at work with us.
  boost::asio::post(shard_.shard().executor(), [self = std::move(self_)] {});
}

// ---- Reading ----

void WebSocketConnection::OnAccepted(bool ok) {
  if (state_ != State::kOpening) return;
  if (!ok) {
    Finish(CloseReason::kByPeer);
    return End();
  }
  state_ = State::kOpen;
  told_open_ = true;
  shard_.stats().websockets.fetch_add(1, std::memory_order_relaxed);
  heartbeat_at_ = steady_clock::now() + shard_.options().heartbeat;
  SetOpenDeadline();
  handler_->OnOpen(*this);
  if (shard_.draining()) DrainAt(steady_clock::now());
  KeepReading();
}

void WebSocketConnection::OnRead(WebSocketRead read) {
  reading_ = false;
  input_at_hand_ = true;
  HandleRead(read);
  if (!reading_) OnInputAwaited();
}

void WebSocketConnection::OnInputAwaited() {
  input_at_hand_ = false;
  if (flush_ != FlushState::kHeld) return;
  flush_ = FlushState::kNone;
  FlushSoon();
}

void WebSocketConnection::HandleRead(WebSocketRead read) {
  using Kind = WebSocketRead::Kind;
  if (state_ == State::kEnded || state_ == State::kOverflowing) return;
  if (read.kind == Kind::kBroken) {
    Finish(reason_.value_or(CloseReason::kByPeer));
    return End();
  }
  if (read.kind == Kind::kClosed || read.kind == Kind::kViolation) {
    Finish(reason_.value_or(read.kind == Kind::kClosed ? CloseReason::kByPeer
                                                       : CloseReason::kProtocol));
    return FlushSoon();
  }
  unanswered_pings_ = 0;
  if (state_ == State::kOpen) {
    if (read.text) {
      received_ += read.bytes;
      message_ready_ = read.kind == Kind::kMessage;
      // Beast does not look whether a text whose last fragment is empty ends within a character.
      if (message_ready_ && read.bytes == 0 && !simdjson::validate_utf8(message())) {
        message_ready_ = false;
        BeginClose(CloseCode::kInvalidPayload, "the text is not UTF-8", CloseReason::kProtocol);
      }
      TimeMessage();
      if (!message_ready_ && state_ == State::kOpen) handler_->OnPart(received_);
    } else {
      BeginClose(CloseCode::kUnsupportedData, "only text is spoken here", CloseReason::kProtocol);
    }
  }
  Deliver();
}

void WebSocketConnection::Deliver() {
  if (message_ready_ && !paused_ && state_ == State::kOpen) {
    message_ready_ = false;
    delivering_ = true;
    handler_->OnText(message());
    delivering_ = false;
    ForgetMessage();
  }
  KeepReading();
}

void WebSocketConnection::KeepReading() {
  if (reading_ || delivering_ || message_ready_) return;
  if (state_ != State::kClosing && (state_ != State::kOpen || paused_)) return;
  if (state_ == State::kOpen && !MakeRoom()) {
    return BeginClose(CloseCode::kTryAgainLater, "too much is being read; resume in a while",
                      CloseReason::kOverload);
  }
  reading_ = true;
  stream_.Read(Room(), shared_from_this());
}

bool WebSocketConnection::MakeRoom() {
  const bool fits = received_ < std::max(small_.size(), large_.size());
  if (fits) return true;
  // One byte more than a message may have: there is always room to read into.
  const std::size_t limit = shard_.options().frame_bytes + 1;
  const std::size_t size =
      std::max(std::min(std::max(kLargeMessage, 2 * received_), limit), received_ + 1);
  if (!share_.Hold(size)) return false;
  const bool was_small = large_.empty();
  large_.resize(size);
  if (was_small) std::ranges::copy(small_, large_.begin());
  return true;
}

std::span<char> WebSocketConnection::Room() {
  // After our close frame what still comes is read over itself.
  if (state_ == State::kClosing) return small_;
  return large_.empty() ? std::span<char>(small_).subspan(received_)
                        : std::span<char>(large_).subspan(received_);
}

std::string_view WebSocketConnection::message() const {
  return {large_.empty() ? small_.data() : large_.data(), received_};
}

void WebSocketConnection::ForgetMessage() {
  if (delivering_) return;  // the handler has a view of it
  message_ready_ = false;
  received_ = 0;
  // A read under way may still write into it.
  if (large_.empty() || reading_) return;
  std::string().swap(large_);
  share_.Release();
}

// ---- Writing ----

void WebSocketConnection::OnProtocolBytes(std::string bytes) {
  if (state_ == State::kOpening) {
    outbox_.PushLast(std::move(bytes));
  } else if (state_ != State::kOpen) {
    return;  // behind our close frame nothing may follow
  } else if (bytes.starts_with(kCloseFrameStart)) {
    state_ = State::kClosing;
    close_code_ = CloseCodeOf(bytes);
    outbox_.PushLast(std::move(bytes));
    SetDeadline(CloseDeadline());
  } else if (!outbox_.Push(std::move(bytes))) {
    return Overflow();
  }
  FlushSoon();
}

void WebSocketConnection::FlushSoon() {
  if (flush_ != FlushState::kNone) return;
  flush_ = input_at_hand_ ? FlushState::kHeld : FlushState::kAsked;
  if (flush_ == FlushState::kAsked) shard_.FlushSoon(shared_from_this());
}

void WebSocketConnection::Flush() {
  flush_ = FlushState::kNone;
  if (state_ == State::kEnded) return;
  const bool last_attempt = state_ == State::kOverflowing;
  if (writable_awaited_ && !last_attempt) return;
  const bool had_bytes = !outbox_.empty();
  const Outbox::Progress progress = outbox_.WriteTo(connection_.socket.native_handle());
  if (last_attempt || progress == Outbox::Progress::kBroken) {
    // What the kernel still holds for a peer that does not read would stay there for minutes.
    if (progress == Outbox::Progress::kBlocked) ResetAtClose(connection_.socket);
    Finish(reason_.value_or(CloseReason::kByPeer));
    return End();
  }
  switch (progress) {
    case Outbox::Progress::kMore:
      return FlushSoon();
    case Outbox::Progress::kBlocked:
      return AwaitWritable();
    default:
      if (state_ == State::kLingering) return Linger();
      if (had_bytes && told_open_ && handler_) handler_->OnDrained();
  }
}

void WebSocketConnection::AwaitWritable() {
  writable_awaited_ = true;
  connection_.socket.async_wait(Socket::wait_write, [self = shared_from_this()](error_code error) {
    self->writable_awaited_ = false;
    if (!error) self->Flush();
  });
}

void WebSocketConnection::Linger() {
  error_code ignored;
  connection_.socket.shutdown(Socket::shutdown_send, ignored);
  DiscardInput();
}

void WebSocketConnection::DiscardInput() {
  connection_.socket.async_read_some(boost::asio::buffer(small_),
                                     [self = shared_from_this()](error_code error, std::size_t) {
                                       if (self->state_ == State::kEnded) return;
                                       error ? self->End() : self->DiscardInput();
                                     });
}

}  // namespace parley::net
