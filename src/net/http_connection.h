#pragma once

#include <string>
#include <string_view>

#include <boost/beast/core/flat_buffer.hpp>

#include "net/connection_table.h"
#include "net/http_output.h"
#include "net/request_parser.h"
#include "net/server_shard.h"
#include "net/socket.h"
#include "runtime/task.h"

namespace parley::net {

/// One connection that speaks HTTP/1.x: reads a request, has it answered, reads the next, until
/// either side wants no more or it becomes a WebSocket. Lives in its coroutine; ends when its
/// socket is closed.
class HttpConnection final : public Connection {
 public:
  static runtime::Task<void> Serve(ServerShard* shard, Accepted accepted);

  HttpConnection(ServerShard& shard, Accepted accepted);
  ~HttpConnection() override;

  void OnDeadline() override;
  void DrainAt(SteadyTime when) override;
  void Stop() override;

 private:
  /// These answer whether the connection goes on with a next request.
  runtime::Task<bool> ServeOne();
  runtime::Task<bool> Upgrade(HttpRequest request, Exchange exchange);
  runtime::Task<bool> Respond(HttpResponse response, Exchange exchange);
  runtime::Task<bool> Refuse(Refusal refusal, Exchange exchange);

  /// False if the connection ended before a request did.
  runtime::Task<bool> Read(RequestParser* parser);
  /// Asks the service whether the body may be as large as it is going to be; answers whether it
  /// may, or leaves what to answer in refused_.
  runtime::Task<bool> AdmitBody(const RequestParser* parser);
  /// Reads more bytes; false if there are none or the deadline passed.
  runtime::Task<bool> Fill();
  runtime::Task<bool> Write(std::string_view head, std::string_view body);
  /// Ends our side and waits until the peer has taken it all: closing with unread bytes would throw
  /// our last answer away (RFC 9112, 9.6).
  runtime::Task<void> Linger();

  void SetTimeout(HttpTimeout what, std::chrono::milliseconds timeout);
  void ClearTimeout();
  void Close();
  std::string_view buffered() const;
  /// How much is read at a time.
  std::size_t Room() const;

  ServerShard& shard_;
  Accepted connection_;
  std::string peer_address_;
  boost::beast::flat_buffer buffer_;
  HttpTimeout awaited_ = HttpTimeout::kHeader;  // what the deadline is for
  bool first_ = true;                           // no request was read yet
  bool idle_ = false;                           // between requests
  bool timed_out_ = false;               // the deadline passed; what was under way is cancelled
  bool in_body_ = false;                 // of the request being read
  ReadBudget::Share share_;              // of the request being read and answered
  std::optional<HttpResponse> refused_;  // by Admit
};

}  // namespace parley::net
