#include "bus/nats/scripted_server.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "runtime/spawn.h"

namespace parley::bus {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Socket = asio::basic_stream_socket<tcp, runtime::Executor>;

constexpr auto kTuple = asio::as_tuple(runtime::kUseTask);

}  // namespace

struct ScriptedServer::Listener {
  Listener(runtime::Shard& on, std::string first, Answer with)
      : shard(on),
        greeting(std::move(first)),
        answer(std::move(with)),
        acceptor(on.executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  runtime::Shard& shard;
  const std::string greeting;
  const Answer answer;
  asio::basic_socket_acceptor<tcp, runtime::Executor> acceptor;

  static runtime::Task<void> Accept(std::shared_ptr<Listener> self) {
    while (true) {
      auto [error, socket] = co_await self->acceptor.async_accept(kTuple);
      if (error) co_return;
      runtime::Spawn(self->shard, "scripted client", Serve(self, std::move(socket)));
    }
  }

  static runtime::Task<void> Serve(std::shared_ptr<Listener> self, Socket socket) {
    std::string said = self->greeting;
    std::string heard;
    while (true) {
      co_await asio::async_write(socket, asio::buffer(said), kTuple);
      const auto [error, size] =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(heard), "\r\n", kTuple);
      if (error) co_return;
      said = self->answer(std::string_view(heard).substr(0, size - 2));
      heard.erase(0, size);
    }
  }
};

ScriptedServer::ScriptedServer(std::string greeting, Answer answer)
    : listener_(std::make_shared<Listener>(shard_, std::move(greeting), std::move(answer))),
      port_(listener_->acceptor.local_endpoint().port()) {
  shard_.Start();
  shard_.Post([listener = listener_] {
    runtime::Spawn(listener->shard, "scripted server", Listener::Accept(listener));
  });
}

ScriptedServer::~ScriptedServer() {
  shard_.Stop();
  listener_.reset();
  shard_.Discard();
}

}  // namespace parley::bus
