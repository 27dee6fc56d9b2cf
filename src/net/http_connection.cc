#include "net/http_connection.h"

#include <array>
#include <optional>
#include <utility>
#include <variant>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "net/websocket_connection.h"
#include "net/websocket_handshake.h"

namespace parley::net {
namespace {

using runtime::Task;

constexpr auto kTuple = boost::asio::as_tuple(runtime::kUseTask);
/// An idle connection holds this much; most requests fit.
constexpr std::size_t kFirstRead = 2 * 1024;
constexpr std::size_t kFurtherRead = 16 * 1024;

std::string PeerAddress(const Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  boost::asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

}  // namespace

Task<void> HttpConnection::Serve(ServerShard* shard, Accepted accepted) {
  HttpConnection connection(*shard, std::move(accepted));
  bool more = true;
  while (more) {
    more = co_await connection.ServeOne();
  }
}

HttpConnection::HttpConnection(ServerShard& shard, Accepted accepted)
    : shard_(shard),
      connection_(std::move(accepted)),
      peer_address_(PeerAddress(connection_.socket)),
      share_(shard.reading().strangers) {
  boost::system::error_code ignored;  // without it answers come later, but come
  connection_.socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  shard_.http_connections().Add(*this, kNever);
}

HttpConnection::~HttpConnection() { shard_.http_connections().Remove(*this); }

void HttpConnection::OnDeadline() {
  timed_out_ = true;
  shard_.stats().http_timeouts[static_cast<std::size_t>(awaited_)].fetch_add(
      1, std::memory_order_relaxed);
  boost::system::error_code ignored;
  connection_.socket.cancel(ignored);
}

void HttpConnection::DrainAt(SteadyTime /*when*/) {
  if (idle_) Close();
}

void HttpConnection::Stop() { Close(); }

void HttpConnection::Close() {
  boost::system::error_code ignored;
  connection_.socket.close(ignored);
}

void HttpConnection::SetTimeout(HttpTimeout what, std::chrono::milliseconds timeout) {
  awaited_ = what;
  timed_out_ = false;
  shard_.http_connections().SetDeadline(*this, std::chrono::steady_clock::now() + timeout);
}

void HttpConnection::ClearTimeout() { shard_.http_connections().SetDeadline(*this, kNever); }

std::string_view HttpConnection::buffered() const {
  const auto data = buffer_.data();
  return {static_cast<const char*>(data.data()), data.size()};
}

Task<bool> HttpConnection::ServeOne() {
  share_.MoveTo(shard_.reading().strangers);
  RequestParser parser(shard_.options().header_bytes, shard_.options().body_bytes);
  if (!co_await Read(&parser)) co_return false;
  ClearTimeout();
  const Exchange exchange{.http11 = parser.http11(),
                          .keep_alive = parser.done() && parser.keep_alive(),
                          .head = parser.head()};
  if (const std::optional<Refusal> refusal = parser.refusal()) {
    co_return co_await Refuse(*refusal, exchange);
  }
  if (std::optional<HttpResponse> refused = std::exchange(refused_, std::nullopt)) {
    co_return co_await Respond(*std::move(refused), exchange);
  }

  HttpRequest request = parser.Take();
  request.peer_address = peer_address_;
  if (AsksForWebSocket(request, exchange.http11)) {
    co_return co_await Upgrade(std::move(request), exchange);
  }
  HttpResponse response = co_await shard_.service().Handle(std::move(request));
  co_return co_await Respond(std::move(response), exchange);
}

Task<bool> HttpConnection::Read(RequestParser* parser) {
  idle_ = buffer_.size() == 0;
  in_body_ = false;
  if (idle_) {
    if (buffer_.capacity() > kFirstRead) buffer_ = boost::beast::flat_buffer();
    // Who connects has a request to send; later ones may take their time.
    if (first_) {
      SetTimeout(HttpTimeout::kHeader, shard_.options().header_timeout);
    } else {
      SetTimeout(HttpTimeout::kIdle, shard_.options().idle_timeout);
    }
    if (!co_await Fill()) co_return false;
    idle_ = false;
  }
  SetTimeout(HttpTimeout::kHeader, shard_.options().header_timeout);
  first_ = false;
  bool admitted = false;
  while (true) {
    // Empty lines before a request are to be ignored (RFC 9112, 2.2).
    while (!parser->begun() && buffered().starts_with("\r\n")) buffer_.consume(2);
    if (buffer_.size() > 0) {
      const bool in_header = !parser->header_done();
      buffer_.consume(parser->Put(buffered()));
      if (parser->refusal() || parser->done()) co_return true;
      if (parser->header_done() && !admitted &&
          parser->body_bytes() > HttpService::kUnaskedBodyBytes) {
        admitted = true;
        if (!co_await AdmitBody(parser)) co_return true;
      }
      if (in_header && parser->header_done()) {
        in_body_ = true;
        SetTimeout(HttpTimeout::kBody, shard_.options().body_timeout);
        if (buffer_.size() > 0) continue;
        if (parser->expects_continue() && !co_await Write("HTTP/1.1 100 Continue\r\n\r\n", {})) {
          co_return false;
        }
      }
    }
    if (!share_.Hold(parser->bytes() + buffer_.size() + Room())) {
      parser->Refuse(503, "too much is being read at once; try again in a while");
      co_return true;
    }
    if (!co_await Fill()) {
      if (!timed_out_ || !parser->begun()) co_return false;
      parser->Refuse(408, "the request took too long to arrive");
      co_return true;
    }
  }
}

std::size_t HttpConnection::Room() const { return in_body_ ? kFurtherRead : kFirstRead; }

Task<bool> HttpConnection::AdmitBody(const RequestParser* parser) {
  HttpRequest head = parser->Head();
  head.peer_address = peer_address_;
  auto admitted = co_await shard_.service().Admit(std::move(head));
  if (auto* refusal = std::get_if<HttpResponse>(&admitted)) {
    refused_ = std::move(*refusal);
    co_return false;
  }
  if (std::get<Sender>(admitted) == Sender::kKnown) share_.MoveTo(shard_.reading().requests);
  co_return true;
}

Task<bool> HttpConnection::Fill() {
  // The deadline may have passed after the last operation was done and before we ran.
  if (timed_out_) co_return false;
  const auto [error, bytes] =
      co_await connection_.socket.async_read_some(buffer_.prepare(Room()), kTuple);
  buffer_.commit(bytes);
  co_return !error;
}

Task<bool> HttpConnection::Write(std::string_view head, std::string_view body) {
  const std::array<boost::asio::const_buffer, 2> parts{
      boost::asio::buffer(head.data(), head.size()), boost::asio::buffer(body.data(), body.size())};
  const auto [error, bytes] = co_await boost::asio::async_write(connection_.socket, parts, kTuple);
  co_return !error;
}

Task<bool> HttpConnection::Respond(HttpResponse response, Exchange exchange) {
  if (shard_.draining()) exchange.keep_alive = false;
  const std::string head = RenderHead(response, exchange, shard_.date().Now());
  const bool with_body = !exchange.head && MayHaveBody(response.status);
  // A peer that does not take its answer is as good as idle.
  SetTimeout(HttpTimeout::kAnswer, shard_.options().idle_timeout);
  if (!co_await Write(head, with_body ? response.Content() : std::string_view())) {
    co_return false;
  }
  ClearTimeout();
  if (exchange.keep_alive) co_return true;
  co_await Linger();
  co_return false;
}

Task<bool> HttpConnection::Refuse(Refusal refusal, Exchange exchange) {
  // Where the next request would begin is not known.
  exchange.keep_alive = false;
  HttpResponse response = shard_.service().Refuse(refusal.status, refusal.detail);
  if (refusal.status == 426) {
    response.headers.emplace_back("Upgrade", "websocket");
    response.headers.emplace_back("Sec-WebSocket-Version", kWebSocketVersion);
  }
  co_return co_await Respond(std::move(response), exchange);
}

Task<bool> HttpConnection::Upgrade(HttpRequest request, Exchange exchange) {
  if (const auto refusal = CheckHandshake(request)) co_return co_await Refuse(*refusal, exchange);
  const std::string key(request.Header("Sec-WebSocket-Key"));
  auto answer = co_await shard_.service().Upgrade(std::move(request), shard_.shard());
  if (auto* response = std::get_if<HttpResponse>(&answer)) {
    co_return co_await Respond(std::move(*response), exchange);
  }
  if (shard_.stopped()) co_return false;
  if (shard_.draining()) {
    co_return co_await Refuse({503, "the server is restarting; try again"}, exchange);
  }
  WebSocketConnection::Open(shard_, std::move(connection_), std::string(buffered()), key,
                            std::get<AcceptWebSocket>(std::move(answer)));
  co_return false;
}

Task<void> HttpConnection::Linger() {
  boost::system::error_code ignored;
  connection_.socket.shutdown(Socket::shutdown_send, ignored);
  SetTimeout(HttpTimeout::kClose, shard_.options().close_timeout);
  buffer_.clear();
  while (co_await Fill()) buffer_.clear();
}

}  // namespace parley::net
