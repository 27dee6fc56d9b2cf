#include "bus/nats/tcp_gate.h"

#include <array>
#include <future>
#include <list>
#include <thread>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace parley::bus {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Two sockets, and what goes from each to the other.
class Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  Pipe(tcp::socket client, tcp::socket server)
      : client_(std::move(client)), server_(std::move(server)) {}

  void Start() {
    Pump(client_, server_, up_);
    Pump(server_, client_, down_);
  }
  void Close() {
    error_code ignored;
    client_.close(ignored);
    server_.close(ignored);
  }

 private:
  using Buffer = std::array<char, 64 * 1024>;

  void Pump(tcp::socket& from, tcp::socket& to, Buffer& buffer) {
    from.async_read_some(asio::buffer(buffer), [self = shared_from_this(), &from, &to, &buffer](
                                                   error_code error, std::size_t size) {
      if (error) return self->Close();
      asio::async_write(to, asio::buffer(buffer, size),
                        [self, &from, &to, &buffer](error_code failed, std::size_t) {
                          if (failed) return self->Close();
                          self->Pump(from, to, buffer);
                        });
    });
  }

  tcp::socket client_;
  tcp::socket server_;
  Buffer up_;
  Buffer down_;
};

}  // namespace

class TcpGate::Loop {
 public:
  Loop(const std::string& host, const std::string& port)
      : server_(*tcp::resolver(io_).resolve(host, port).begin()),
        acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    Accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Loop() {
    io_.stop();
    thread_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  unsigned short port() const { return acceptor_.local_endpoint().port(); }

  void Set(bool open) {
    std::promise<void> done;
    asio::post(io_, [&] {
      open_ = open;
      if (!open) CloseAll();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket client) {
      if (!error && open_) Connect(std::move(client));
      Accept();
    });
  }

  void CloseAll() {
    for (const std::weak_ptr<Pipe>& pipe : std::exchange(pipes_, {})) {
      if (const std::shared_ptr<Pipe> live = pipe.lock()) live->Close();
    }
  }

  void Connect(tcp::socket client) {
    tcp::socket server(io_);
    error_code error;
    server.connect(server_, error);
    if (error) return;
    server.set_option(tcp::no_delay(true), error);
    client.set_option(tcp::no_delay(true), error);
    const auto pipe = std::make_shared<Pipe>(std::move(client), std::move(server));
    pipes_.push_back(pipe);
    pipe->Start();
  }

  asio::io_context io_{1};
  const tcp::endpoint server_;
  tcp::acceptor acceptor_;
  bool open_ = true;                      // this and the following are the thread's
  std::list<std::weak_ptr<Pipe>> pipes_;  // as many as a test connects
  std::thread thread_;
};

TcpGate::TcpGate(const std::string& host, const std::string& port)
    : loop_(std::make_unique<Loop>(host, port)) {}

TcpGate::~TcpGate() = default;

unsigned short TcpGate::port() const { return loop_->port(); }

void TcpGate::Shut() { loop_->Set(false); }

void TcpGate::Open() { loop_->Set(true); }

}  // namespace parley::bus
