#include "app/control_socket.h"

#include <array>
#include <chrono>
#include <future>
#include <utility>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>

#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::app {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using Socket = asio::basic_stream_socket<Protocol, runtime::Executor>;
using Acceptor = asio::basic_socket_acceptor<Protocol, runtime::Executor>;

constexpr auto kTuple = asio::as_tuple(runtime::kUseTask);
constexpr std::size_t kMaxLine = 8'192;  // a path, and what is to be done with it
constexpr std::chrono::seconds kPatience{10};

}  // namespace

struct ControlSocket::Listener {
  Listener(runtime::Shard& on, std::string at, Handler with)
      : shard(on), path(std::move(at)), handler(std::move(with)), acceptor(on.executor()) {}

  runtime::Shard& shard;
  const std::string path;
  const Handler handler;
  Acceptor acceptor;

  static runtime::Task<void> Accept(std::shared_ptr<Listener> self);
  static runtime::Task<void> Serve(std::shared_ptr<Listener> self, Socket socket);
};

runtime::Task<void> ControlSocket::Listener::Accept(std::shared_ptr<Listener> self) {
  while (self->acceptor.is_open()) {
    auto [error, socket] = co_await self->acceptor.async_accept(kTuple);
    if (!error) {
      runtime::Spawn(self->shard, "control command", Serve(self, std::move(socket)));
    } else if (self->acceptor.is_open()) {
      co_await runtime::Sleep(std::chrono::milliseconds(100));
    }
  }
}

runtime::Task<void> ControlSocket::Listener::Serve(std::shared_ptr<Listener> self, Socket socket) {
  // Whoever connects and says nothing is sent away.
  runtime::Timer patience(self->shard);
  patience.After(kPatience, [&socket] { socket.close(); });
  std::string line;
  const auto [error, size] =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(line, kMaxLine), '\n', kTuple);
  if (error) co_return;
  patience.Cancel();
  line.resize(size - 1);
  const Status status = co_await self->handler(std::move(line));
  const std::string answer =
      (status.ok() ? std::string("ok") : std::string(status.message())) + "\n";
  co_await asio::async_write(socket, asio::buffer(answer), kTuple);
}

ControlSocket::ControlSocket(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

Result<std::unique_ptr<ControlSocket>> ControlSocket::Listen(runtime::Shard& shard,
                                                             const std::string& path,
                                                             Handler handler) {
  auto listener = std::make_shared<Listener>(shard, path, std::move(handler));
  ::unlink(path.c_str());
  boost::system::error_code error;
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return InvalidArgument(
        fmt::format("{}: too long for a Unix socket; use a shorter data_dir", path));
  }
  listener->acceptor.open(Protocol(), error);
  if (!error) listener->acceptor.bind(Protocol::endpoint(path), error);
  if (!error && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
    error.assign(errno, boost::system::system_category());
  }
  if (!error) listener->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return Unavailable(fmt::format("cannot listen at {}: {}", path, error.message()));
  shard.Post([listener] {
    runtime::Spawn(listener->shard, "accept control commands", Listener::Accept(listener));
  });
  return std::unique_ptr<ControlSocket>(new ControlSocket(std::move(listener)));
}

ControlSocket::~ControlSocket() {
  std::promise<void> closed;
  listener_->shard.Post([this, &closed] {
    listener_->acceptor.close();
    closed.set_value();
  });
  closed.get_future().wait();
  ::unlink(listener_->path.c_str());
}

Status SendControlCommand(const std::string& path, const std::string& line,
                          std::chrono::seconds patience) {
  asio::io_context io;
  asio::local::stream_protocol::socket socket(io);
  boost::system::error_code error;
  socket.connect(Protocol::endpoint(path), error);
  if (error) {
    return Unavailable(fmt::format("no server answers at {}: {}", path, error.message()));
  }
  std::string answer;
  bool answered = false;
  asio::async_write(
      socket, asio::buffer(line + "\n"), [&](boost::system::error_code failed, std::size_t) {
        error = failed;
        if (failed) return;
        asio::async_read_until(socket, asio::dynamic_buffer(answer, 4 * kMaxLine), '\n',
                               [&](boost::system::error_code broken, std::size_t size) {
                                 error = broken;
                                 answered = !broken;
                                 if (answered) answer.resize(size - 1);
                               });
      });
  io.run_for(patience);
  if (!answered) return Unavailable(fmt::format("the server at {} does not answer", path));
  return answer == "ok" ? Status::Ok() : InvalidArgument(answer);
}

}  // namespace parley::app
