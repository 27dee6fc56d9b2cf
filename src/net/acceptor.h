#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/function.h"
#include "base/status.h"
#include "net/server.h"
#include "net/server_shard.h"
#include "net/socket.h"
#include "runtime/task.h"

namespace parley::net {

/// Listens on one address and gives the connections out to the shards in turn. Belongs to the first
/// of them, but for Listen and port.
class Acceptor {
 public:
  /// `admit` takes a place for one more connection from that address, or answers why there is none:
  /// then the connection is told so (503) and closed. It and `shards` must outlive the acceptor.
  using Admit =
      UniqueFunction<std::variant<Admission, RefusalReason>(const boost::asio::ip::address&)>;
  Acceptor(std::vector<std::unique_ptr<ServerShard>>& shards, Admit admit);

  /// Binds and listens, before Run.
  Status Listen(const std::string& host, std::uint16_t port);
  std::uint16_t port() const { return port_; }

  /// Accepts until Close. Nothing that goes wrong with a single connection, nor a lack of file
  /// descriptors, ends it.
  runtime::Task<void> Run();
  /// Nothing is given out any more when this returns.
  void Close();

 private:
  /// Answers 503 as far as that costs no waiting, and closes.
  void TurnAway(Socket socket, RefusalReason reason);

  using TcpAcceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, runtime::Executor>;

  std::vector<std::unique_ptr<ServerShard>>& shards_;
  Admit admit_;
  TcpAcceptor acceptor_;
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;
  bool closed_ = false;
};

}  // namespace parley::net
