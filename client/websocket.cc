#include "client/websocket.h"

#include <chrono>
#include <deque>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "runtime/spawn.h"
#include "runtime/task.h"

namespace parley::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
using runtime::Task;

using TcpStream = beast::basic_stream<tcp, runtime::Executor, beast::unlimited_rate_policy>;
using TlsStream = beast::ssl_stream<TcpStream>;

constexpr auto kToken = asio::as_tuple(runtime::kUseTask);
constexpr std::chrono::seconds kConnectTimeout{10};
/// The server's frames have at most 256 KiB; room for a later version's.
constexpr std::size_t kMaxFrameBytes = std::size_t{1024} * 1024;
constexpr char kTarget[] = "/v1/ws?resume=1";

/// One type for plain and TLS connections, which differ in the stream below.
template <class Stream>
class BeastWebSocket : public WebSocket,
                       public std::enable_shared_from_this<BeastWebSocket<Stream>> {
 public:
  template <class... Args>
  BeastWebSocket(ServerUrl server, std::string token, Handlers handlers, Args&&... args)
      : server_(std::move(server)),
        token_(std::move(token)),
        handlers_(std::move(handlers)),
        stream_(std::forward<Args>(args)...) {}

  void Start(runtime::Shard& shard) {
    shard_ = &shard;
    runtime::Spawn(shard, "websocket", Run(this->shared_from_this()));
  }

  void Send(std::string text) override {
    if (ended_) return;
    outgoing_.push_back(std::move(text));
    if (std::exchange(writing_, true)) return;
    runtime::Spawn(*shard_, "websocket writer", Write(this->shared_from_this()));
  }

  void WhenWritten(std::function<void()> done) override {
    when_written_ = std::move(done);
    if (!writing_ || ended_) TellWritten();
  }

  void Close() override {
    ended_ = true;
    TellWritten();
    beast::get_lowest_layer(stream_).close();
  }

 private:
  using Self = std::shared_ptr<BeastWebSocket>;

  static Task<void> Run(Self self) {
    error_code error = co_await self->Connect();
    if (!error && !self->ended_) {
      self->handlers_.on_open();
      error = co_await self->ReadAll();
    }
    self->End(error);
  }

  Task<error_code> Connect() {
    asio::ip::basic_resolver<tcp, runtime::Executor> resolver(shard_->executor());
    auto [failed, addresses] = co_await resolver.async_resolve(server_.host, server_.port, kToken);
    if (failed) co_return failed;
    if (ended_) co_return asio::error::operation_aborted;
    TcpStream& tcp_stream = beast::get_lowest_layer(stream_);
    tcp_stream.expires_after(kConnectTimeout);
    auto [refused, endpoint] = co_await tcp_stream.async_connect(addresses, kToken);
    if (refused) co_return refused;
    tcp_stream.socket().set_option(tcp::no_delay(true));
    if (const error_code error = co_await TlsHandshake()) co_return error;
    // From here on the WebSocket's own timer counts.
    tcp_stream.expires_never();
    co_return co_await Upgrade();
  }

  Task<error_code> TlsHandshake() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      TlsStream& tls = stream_.next_layer();
      // Also sent in the hello (SNI): one address may serve many names.
      SSL_set_tlsext_host_name(tls.native_handle(), server_.host.c_str());
      tls.set_verify_mode(asio::ssl::verify_peer);
      tls.set_verify_callback(asio::ssl::host_name_verification(server_.host));
      auto [error] = co_await tls.async_handshake(asio::ssl::stream_base::client, kToken);
      co_return error;
    }
    co_return error_code();
  }

  Task<error_code> Upgrade() {
    websocket::stream_base::timeout timeout{kConnectTimeout, websocket::stream_base::none(), false};
    stream_.set_option(timeout);
    stream_.set_option(
        websocket::stream_base::decorator([token = token_](websocket::request_type& request) {
          request.set(http::field::authorization, "Bearer " + token);
          request.set(http::field::sec_websocket_protocol, "parley.v1");
          request.set(http::field::user_agent, "parley/" PARLEY_VERSION);
        }));
    stream_.read_message_max(kMaxFrameBytes);
    stream_.control_callback([this](websocket::frame_type type, beast::string_view) {
      if (ended_) return;
      handlers_.on_heard();
      // Beast answers the close frame right after this and then waits for the server to hang up. We
      // do not wait.
      if (type != websocket::frame_type::close) return;
      shard_->Post([self = this->shared_from_this()] { self->End(websocket::error::closed); });
    });
    auto [error] =
        co_await stream_.async_handshake(upgrade_answer_, server_.Authority(), kTarget, kToken);
    co_return error;
  }

  Task<error_code> ReadAll() {
    beast::flat_buffer buffer;
    while (true) {
      auto [error, size] = co_await stream_.async_read(buffer, kToken);
      if (error) co_return error;
      if (ended_) co_return asio::error::operation_aborted;
      handlers_.on_heard();
      if (ended_) co_return asio::error::operation_aborted;
      handlers_.on_text({static_cast<const char*>(buffer.data().data()), buffer.data().size()});
      buffer.consume(buffer.size());
    }
  }

  static Task<void> Write(Self self) {
    while (!self->outgoing_.empty() && !self->ended_) {
      const std::string text = std::move(self->outgoing_.front());
      self->outgoing_.pop_front();
      auto [error, size] = co_await self->stream_.async_write(asio::buffer(text), kToken);
      // The reader sees the end too, and tells of it.
      if (error) break;
    }
    self->writing_ = false;
    self->TellWritten();
  }

  void TellWritten() {
    if (const auto done = std::exchange(when_written_, nullptr)) done();
  }

  void End(error_code error) {
    if (std::exchange(ended_, true)) return;
    WebSocketEnd end;
    if (error == websocket::error::closed) {
      end.close_code = stream_.reason().code;
      end.detail = std::string(stream_.reason().reason.c_str());
    } else if (error == websocket::error::upgrade_declined) {
      end.http_status = static_cast<int>(upgrade_answer_.result_int());
    }
    if (end.detail.empty()) end.detail = error.message();
    beast::get_lowest_layer(stream_).close();
    handlers_.on_end(std::move(end));
  }

  const ServerUrl server_;
  const std::string token_;
  Handlers handlers_;
  runtime::Shard* shard_ = nullptr;
  websocket::stream<Stream> stream_;
  websocket::response_type upgrade_answer_;
  std::deque<std::string> outgoing_;  // bounded by the outbox and the heads of one resume
  std::function<void()> when_written_;
  bool writing_ = false;
  bool ended_ = false;
};

asio::ssl::context& TlsContext() {
  static asio::ssl::context context = [] {
    asio::ssl::context made(asio::ssl::context::tls_client);
    made.set_default_verify_paths();
    return made;
  }();
  return context;
}

}  // namespace

std::shared_ptr<WebSocket> OpenWebSocket(runtime::Shard& shard, const ServerUrl& server,
                                         const std::string& token, WebSocket::Handlers handlers) {
  if (server.tls) {
    auto socket = std::make_shared<BeastWebSocket<TlsStream>>(server, token, std::move(handlers),
                                                              shard.executor(), TlsContext());
    socket->Start(shard);
    return socket;
  }
  auto socket = std::make_shared<BeastWebSocket<TcpStream>>(server, token, std::move(handlers),
                                                            shard.executor());
  socket->Start(shard);
  return socket;
}

}  // namespace parley::client
