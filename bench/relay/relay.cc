#include <chrono>
#include <cstdio>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <fmt/format.h>

#include "bench/relay/log.h"

// A WebSocket relay and nothing else; what for is in README.md.

namespace parley::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

// Not any_io_executor, which every step would pay for.
using Executor = asio::io_context::executor_type;
using TcpSocket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Frame = std::shared_ptr<const std::string>;

constexpr std::size_t kMaxFrameBytes = std::size_t{64} * 1024;

class Session;

/// Who goes by a name. All of it on the one thread.
class Routes {
 public:
  void Add(const std::string& name, Session* session) { sessions_[name].push_back(session); }
  void Remove(const std::string& name, Session* session) {
    const auto found = sessions_.find(name);
    std::erase(found->second, session);
    if (found->second.empty()) sessions_.erase(found);
  }
  void Relay(const std::string& name, const Frame& frame) const;

 private:
  std::unordered_map<std::string, std::vector<Session*>> sessions_;
};

/// One connection; lives as long as something is under way on it.
class Session : public std::enable_shared_from_this<Session> {
 public:
  /// `log`: null where nothing is kept.
  Session(TcpSocket socket, Routes& routes, Log* log)
      : stream_(std::move(socket)), routes_(routes), log_(log) {}
  ~Session() {
    for (const std::string& name : names_) routes_.Remove(name, this);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Start() {
    http::async_read(stream_.next_layer(), buffer_, request_.emplace(),
                     [self = shared_from_this()](error_code error, std::size_t /*size*/) {
                       if (!error) self->Accept();
                     });
  }

  void Send(const Frame& frame) {
    outbox_.push_back(frame);
    if (outbox_.size() == 1) Write();
  }

 private:
  void Accept() {
    buffer_.clear();
    stream_.set_option(websocket::stream_base::timeout{std::chrono::seconds(30),
                                                       websocket::stream_base::none(), false});
    stream_.read_message_max(kMaxFrameBytes);
    stream_.async_accept(*request_, [self = shared_from_this()](error_code error) {
      if (error) return;
      self->TakeNames();
      self->Read();
    });
  }

  void TakeNames() {
    const auto target = request_->target();
    for (std::string_view rest(target.data(), target.size()); !rest.empty();) {
      rest.remove_prefix(1);  // the slash
      names_.emplace_back(rest.substr(0, rest.find('/')));
      rest.remove_prefix(names_.back().size());
      routes_.Add(names_.back(), this);
    }
    request_.reset();
  }

  void Read() {
    stream_.async_read(buffer_,
                       [self = shared_from_this()](error_code error, std::size_t /*size*/) {
                         if (error) return;
                         self->TakeFrame();
                         self->Read();
                       });
  }

  void TakeFrame() {
    const std::string_view bytes(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
    const std::size_t line_end = bytes.find('\n');
    if (line_end != std::string_view::npos) {
      const std::string_view line = bytes.substr(0, line_end);
      Frame text = std::make_shared<const std::string>(bytes.substr(line_end + 1));
      if (log_ != nullptr) {
        Keep(bytes, line, std::move(text));
      } else {
        name_.assign(line);
        routes_.Relay(name_, text);
      }
    }
    buffer_.clear();
  }

  void Keep(std::string_view bytes, std::string_view line, Frame text) {
    const std::size_t name_end = line.find(' ');
    Frame ack = std::make_shared<const std::string>(
        name_end == std::string_view::npos ? "ack" : fmt::format("ack{}", line.substr(name_end)));
    log_->Append(bytes, [self = shared_from_this(), name = std::string(line.substr(0, name_end)),
                         ack = std::move(ack), text = std::move(text)] {
      self->Send(ack);
      self->routes_.Relay(name, text);
    });
  }

  void Write() {
    stream_.async_write(asio::buffer(*outbox_.front()),
                        [self = shared_from_this()](error_code error, std::size_t /*size*/) {
                          if (error) return;  // the read tells of the end
                          self->outbox_.pop_front();
                          if (!self->outbox_.empty()) self->Write();
                        });
  }

  websocket::stream<TcpSocket> stream_;
  Routes& routes_;
  Log* log_;
  beast::flat_buffer buffer_;
  std::optional<http::request<http::empty_body>> request_;  // until the upgrade
  std::vector<std::string> names_;
  std::string name_;  // of the recipient, here for its memory
  std::deque<Frame> outbox_;
};

void Routes::Relay(const std::string& name, const Frame& frame) const {
  const auto found = sessions_.find(name);
  if (found == sessions_.end()) return;
  for (Session* session : found->second) session->Send(frame);
}

/// Takes connections for as long as the program runs.
class Relay {
 public:
  Relay(asio::io_context& io, const tcp::endpoint& at, Routes& routes, Log* log)
      : routes_(routes), log_(log), acceptor_(io, at, true) {
    acceptor_.listen(asio::socket_base::max_listen_connections);
    Accept();
  }
  unsigned short port() const { return acceptor_.local_endpoint().port(); }

 private:
  void Accept() {
    acceptor_.async_accept([this](error_code error, TcpSocket socket) {
      if (!error) {
        socket.set_option(tcp::no_delay(true), error);
        std::make_shared<Session>(std::move(socket), routes_, log_)->Start();
      }
      Accept();
    });
  }

  Routes& routes_;
  Log* log_;
  Acceptor acceptor_;
};

void AllowFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Main(int argc, char** argv) {
  CLI::App app("Hands WebSocket messages on by name: the floor that Parley is measured against.\n",
               "parley-relay");
  unsigned short port = 0;
  app.add_option("--port", port, "Port of 127.0.0.1; 0: a free one, which is printed");
  std::string log_path;
  app.add_option("--log", log_path,
                 "File to which each message is appended and synced before it is acknowledged and "
                 "handed on");
  CLI11_PARSE(app, argc, argv);
  AllowFiles();
  Routes routes;  // sessions end with the io_context
  asio::io_context io(1);
  std::optional<Log> log;
  if (!log_path.empty()) log.emplace(io, log_path);
  Relay relay(io, {asio::ip::address_v4::loopback(), port}, routes, log ? &*log : nullptr);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](error_code /*error*/, int /*number*/) { io.stop(); });
  std::fputs(fmt::format("listening port={}\n", relay.port()).c_str(), stdout);
  std::fflush(stdout);
  io.run();
  return 0;
}

}  // namespace
}  // namespace parley::bench

int main(int argc, char** argv) {
  try {
    return parley::bench::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fputs(fmt::format("parley-relay: {}\n", error.what()).c_str(), stderr);
    return 1;
  }
}
