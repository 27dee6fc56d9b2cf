#include "net/acceptor.h"

#include <array>
#include <chrono>
#include <tuple>
#include <utility>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <fmt/format.h>

#include "net/http_output.h"
#include "runtime/timer.h"

namespace parley::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using runtime::Task;

/// After an error that will not go away at once (no file descriptors, no memory).
constexpr std::chrono::milliseconds kBackOff{50};
constexpr const char* kRetryAfterSeconds = "10";

Status CannotListen(const std::string& host, std::uint16_t port, const error_code& error) {
  return Unavailable(fmt::format(
      "cannot listen on {}:{}: {}; stop what uses the address, or listen on another one", host,
      port, error.message()));
}

}  // namespace

Acceptor::Acceptor(std::vector<std::unique_ptr<ServerShard>>& shards, Admit admit)
    : shards_(shards), admit_(std::move(admit)), acceptor_(shards.front()->shard().executor()) {}

Status Acceptor::Listen(const std::string& host, std::uint16_t port) {
  error_code error;
  tcp::endpoint endpoint(boost::asio::ip::make_address(host, error), port);
  if (error) {
    boost::asio::ip::basic_resolver<tcp, runtime::Executor> resolver(acceptor_.get_executor());
    const auto found = resolver.resolve(host, std::to_string(port), error);
    if (error || found.empty()) return CannotListen(host, port, error);
    endpoint = *found.begin();
  }
  acceptor_.open(endpoint.protocol(), error);
  // A restart must not wait for the connections of the last run to be forgotten.
  if (!error) acceptor_.set_option(TcpAcceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(TcpAcceptor::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (error) return CannotListen(host, port, error);
  return Status::Ok();
}

Task<void> Acceptor::Run() {
  while (!closed_) {
    ServerShard& target = *shards_[next_];
    auto [error, socket] = co_await acceptor_.async_accept(
        target.shard().executor(), boost::asio::as_tuple(runtime::kUseTask));
    if (closed_) break;
    if (error == boost::asio::error::connection_aborted) continue;
    if (error) {
      co_await runtime::Sleep(kBackOff);
      continue;
    }
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error) continue;  // gone already
    auto answer = admit_(peer.address());
    if (const auto* refusal = std::get_if<RefusalReason>(&answer)) {
      TurnAway(std::move(socket), *refusal);
      continue;
    }
    next_ = (next_ + 1) % shards_.size();
    target.shard().Post([&target, accepted = Accepted{std::get<Admission>(std::move(answer)),
                                                      std::move(socket)}]() mutable {
      target.Serve(std::move(accepted));
    });
  }
}

void Acceptor::TurnAway(Socket socket, RefusalReason reason) {
  ServerShard& first = *shards_.front();
  HttpResponse response = first.service().Refuse(
      503, reason == RefusalReason::kFull ? "the server has all the connections that it can serve"
                                          : "too many connections from this address");
  response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
  const std::string answer =
      RenderHead(response, {.http11 = true, .keep_alive = false, .head = false}, first.date().Now())
          .append(response.Content());
  // A new connection's buffer takes this whole. Nothing is waited for and nothing is tried twice:
  // that would cost those who are served.
  std::ignore =
      ::send(socket.native_handle(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  error_code ignored;
  socket.shutdown(Socket::shutdown_send, ignored);
  // Closing over a request that was not read would reset the connection, and the answer with it.
  std::array<char, 4096> unread{};
  std::ignore = ::recv(socket.native_handle(), unread.data(), unread.size(), MSG_DONTWAIT);
}

void Acceptor::Close() {
  closed_ = true;
  error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace parley::net
