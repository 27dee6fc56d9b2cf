#include "net/websocket_stream.h"

#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "net/frame_meter.h"

namespace parley::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

using boost::system::error_code;

/// What Beast takes for the socket. Reads come from the real one; writes go to the host's outbox
/// and are done at once, so that one writer sends Beast's control frames and our data, whole frames
/// each.
class Layer {
 public:
  using executor_type = runtime::Executor;

  Layer(WebSocketHost& host, std::string early) : host_(&host), early_(std::move(early)) {}

  executor_type get_executor() { return host_->socket().get_executor(); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (early_.empty()) {
      host_->OnInputAwaited();
      // The handler keeps the host alive, and so this.
      host_->socket().async_read_some(buffers,
                                      [this, buffers, handler = std::forward<Handler>(handler)](
                                          error_code error, std::size_t bytes) mutable {
                                        Measure(beast::buffers_prefix(bytes, buffers));
                                        std::move(handler)(error, bytes);
                                      });
      return;
    }
    const std::size_t copied = asio::buffer_copy(buffers, asio::buffer(early_));
    Measure(beast::buffers_prefix(copied, buffers));
    early_.erase(0, copied);
    if (early_.empty()) early_.shrink_to_fit();
    Complete(copied, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    std::string bytes;
    for (const asio::const_buffer part : beast::buffers_range_ref(buffers)) {
      bytes.append(static_cast<const char*>(part.data()), part.size());
    }
    const std::size_t size = bytes.size();
    host_->OnProtocolBytes(std::move(bytes));
    Complete(size, std::forward<Handler>(handler));
  }

 private:
  template <class Buffers>
  void Measure(const Buffers& read) {
    std::size_t extra = 0;
    for (const asio::const_buffer part : beast::buffers_range_ref(read)) {
      extra += meter_.Take({static_cast<const char*>(part.data()), part.size()});
    }
    if (extra > 0) host_->OnExtraFrames(extra);
  }

  template <class Handler>
  void Complete(std::size_t bytes, Handler&& handler) {
    asio::post(get_executor(),
               beast::bind_front_handler(std::forward<Handler>(handler), error_code(), bytes));
  }

  WebSocketHost* host_;
  std::string early_;
  FrameMeter meter_;
};

// Beast finds the next two by their names. Both leave the socket to the host, who still has to
// flush. NOLINTBEGIN(readability-identifier-naming)

template <class Handler>
void async_teardown(beast::role_type /*role*/, Layer& layer, Handler&& handler) {
  asio::post(layer.get_executor(),
             beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
}

// Only for Beast's own time-outs, which are off.
void beast_close_socket(Layer& /*layer*/) {}

// NOLINTEND(readability-identifier-naming)

http::request<http::empty_body> Handshake(const std::string& key) {
  http::request<http::empty_body> request(http::verb::get, "/", 11);
  request.set(http::field::host, "-");
  request.set(http::field::connection, "Upgrade");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, key);
  return request;
}

WebSocketRead::Kind KindOf(const error_code& error) {
  if (error == websocket::error::closed) return WebSocketRead::Kind::kClosed;
  if (error == websocket::condition::protocol_violation ||
      error == websocket::error::message_too_big) {
    return WebSocketRead::Kind::kViolation;
  }
  return WebSocketRead::Kind::kBroken;
}

}  // namespace

class WebSocketStream::Impl {
 public:
  Impl(WebSocketHost& host, std::size_t max_message_bytes, std::string early)
      : stream(host, std::move(early)) {
    stream.read_message_max(max_message_bytes);
    stream.control_callback([&host](websocket::frame_type kind, beast::string_view /*payload*/) {
      if (kind != websocket::frame_type::close) host.OnControlFrame();
    });
  }

  websocket::stream<Layer, /*deflateSupported=*/false> stream;
};

WebSocketStream::WebSocketStream(WebSocketHost& host, std::size_t max_message_bytes,
                                 std::string early)
    : impl_(std::make_unique<Impl>(host, max_message_bytes, std::move(early))) {}

WebSocketStream::~WebSocketStream() = default;

void WebSocketStream::Accept(const std::string& key, HandshakeAnswer answer,
                             std::shared_ptr<WebSocketHost> keep) {
  auto& stream = impl_->stream;
  stream.set_option(websocket::stream_base::decorator(
      [answer = std::move(answer)](websocket::response_type& response) {
        response.set(http::field::server, "parley");  // else Beast tells its version
        if (!answer.subprotocol.empty()) {
          response.set(http::field::sec_websocket_protocol, answer.subprotocol);
        }
        for (const auto& [name, value] : answer.headers) response.insert(name, value);
      }));
  stream.async_accept(Handshake(key), [this, keep = std::move(keep)](error_code error) {
    // The decorator would live, with its strings, as long as the connection.
    impl_->stream.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
    keep->OnAccepted(!error);
  });
}

void WebSocketStream::Read(std::span<char> room, std::shared_ptr<WebSocketHost> keep) {
  impl_->stream.async_read_some(
      asio::buffer(room.data(), room.size()),
      [this, keep = std::move(keep)](error_code error, std::size_t bytes) {
        const auto& stream = impl_->stream;
        WebSocketRead read{
            .kind = WebSocketRead::Kind::kPart, .bytes = bytes, .text = stream.got_text()};
        if (error) {
          read.kind = KindOf(error);
        } else if (stream.is_message_done()) {
          read.kind = WebSocketRead::Kind::kMessage;
        }
        keep->OnRead(read);
      });
}

}  // namespace parley::net
