#include "net/acceptor.h"

#include <chrono>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <fmt/format.h>

#include "runtime/timer.h"

namespace parley::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using runtime::Task;

/// After an error that will not go away at once (no file descriptors, no memory).
constexpr std::chrono::milliseconds kBackOff{50};

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
    std::optional<Admission> admission = admit_();
    if (!admission) continue;
    next_ = (next_ + 1) % shards_.size();
    target.shard().Post(
        [&target, accepted = Accepted{*std::move(admission), std::move(socket)}]() mutable {
          target.Serve(std::move(accepted));
        });
  }
}

void Acceptor::Close() {
  closed_ = true;
  error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace parley::net
