#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "net/websocket.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace parley::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One HTTP request, read whole. Header names are as sent; look them up with Header.
struct HttpRequest {
  std::string method;  ///< upper case: "GET"
  std::string target;  ///< as sent: "/v1/users?query=an"
  Headers headers;
  std::string body;
  std::string peer_address;  ///< of the TCP connection, without port: "127.0.0.1", "::1"
  bool secure = false;       ///< whether this connection is TLS

  /// The value of the first header of that name, in any case; empty if there is none.
  std::string_view Header(std::string_view name) const;
  std::size_t CountHeader(std::string_view name) const;
};

/// Content-Length, Date and Connection are added by the server.
struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
  /// Sent in place of `body` where not empty, without a copy: bytes that outlive the server.
  std::string_view lasting_body = {};

  std::string_view Content() const {
    return lasting_body.empty() ? std::string_view(body) : lasting_body;
  }
};

/// The request may become a WebSocket: the server answers 101 with `subprotocol` and hands the
/// connection to `handler`.
struct AcceptWebSocket {
  std::string subprotocol;
  std::unique_ptr<WebSocketHandler> handler;
  Headers headers = {};  ///< further ones of the answer
};

/// Who sends a request.
enum class Sender : std::uint8_t {
  kStranger,  ///< anybody
  kKnown,     ///< somebody who has proved who they are
};

/// What stands behind a listener. Called on the shard of the connection, one request of a
/// connection at a time; the request lives until the task has ended. Must outlive the server.
class HttpService {
 public:
  virtual ~HttpService() = default;

  /// A body larger than this is read only after Admit.
  static constexpr std::size_t kUnaskedBodyBytes = std::size_t{8} * 1024;

  virtual runtime::Task<HttpResponse> Handle(HttpRequest request) = 0;

  /// Whose large body shall be read, or the answer that the request gets instead. `head` is the
  /// request without its body.
  virtual runtime::Task<std::variant<HttpResponse, Sender>> Admit(HttpRequest head);

  /// For a well-formed WebSocket handshake (RFC 6455, 4.2.1); `shard` is the one that the
  /// connection stays on.
  virtual runtime::Task<std::variant<HttpResponse, AcceptWebSocket>> Upgrade(
      HttpRequest request, runtime::Shard& shard) = 0;

  /// The body of an answer that the server itself gives to a request that it cannot read or that is
  /// too large (400, 408, 413, 414, 431, 501, 505, ...), so that all errors have one form.
  virtual HttpResponse Refuse(int status, std::string_view detail) = 0;
};

}  // namespace parley::net
