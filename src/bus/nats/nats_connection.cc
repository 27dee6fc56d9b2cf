#include "bus/nats/nats_connection.h"

#include <charconv>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::bus {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using runtime::Task;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, runtime::Executor>;
using Resolver = asio::ip::basic_resolver<Tcp, runtime::Executor>;

constexpr auto kTuple = asio::as_tuple(runtime::kUseTask);
/// Kept for the next bytes; what a burst needed beyond goes back.
constexpr std::size_t kKeptBytes = std::size_t{256} * 1024;

Status Unreachable(const error_code& error) {
  return Unavailable("no NATS server can be reached: check bus.nats.urls, and whether they run (" +
                     error.message() + ")");
}

Status RefusedFor(std::string_view error) {
  if (error.find("uthorization") != std::string_view::npos ||
      error.find("uthentication") != std::string_view::npos) {
    return Unavailable(
        "the NATS servers refuse the user name or password: check bus.nats.username and "
        "bus.nats.password");
  }
  return Unavailable("the NATS server refuses the connection: " + std::string(error));
}

Result<std::shared_ptr<ssl::context>> MakeTls(const std::string& ca_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  error_code error;
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_file, error);
  }
  if (!error) context->set_verify_mode(ssl::verify_peer, error);
  if (!error) context->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, error);
  if (error) {
    return Unavailable("the certificates for NATS cannot be read: check bus.nats.ca_file (" +
                       error.message() + ")");
  }
  return context;
}

}  // namespace

Result<NatsServer> ParseNatsUrl(std::string_view url) {
  const Status refused =
      InvalidArgument("write NATS servers as nats://HOST:PORT or tls://HOST:PORT");
  NatsServer address;
  address.tls = url.starts_with("tls://");
  if (!address.tls && !url.starts_with("nats://")) return refused;
  url.remove_prefix(url.find("://") + 3);
  const std::size_t colon = url.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return refused;
  const std::string_view port = url.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) return refused;
  std::string_view host = url.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  address.host = host;
  return address;
}

struct NatsConnection::State {
  State(runtime::Shard& on, NatsServer to, NatsLinkOptions how)
      : shard(on), address(std::move(to)), options(std::move(how)), socket(on.executor()) {}

  runtime::Shard& shard;
  const NatsServer address;
  const NatsLinkOptions options;
  Socket socket;
  std::shared_ptr<ssl::context> context;
  std::optional<ssl::stream<Socket&>> tls;  ///< over the socket, where there is one
  NatsReader reader;
  NatsServerInfo server;
  std::string out;      ///< to be sent
  std::string sending;  ///< on its way
  std::function<void()> on_sent;
  bool writing = false;
  bool closed = false;

  Task<std::tuple<error_code, std::size_t>> ReadSome() {
    const std::span<char> room = reader.Room();
    const asio::mutable_buffer buffer(room.data(), room.size());
    if (tls) co_return co_await tls->async_read_some(buffer, kTuple);
    co_return co_await socket.async_read_some(buffer, kTuple);
  }
  Task<std::tuple<error_code, std::size_t>> WriteAll() {
    const asio::const_buffer buffer(sending.data(), sending.size());
    if (tls) co_return co_await asio::async_write(*tls, buffer, kTuple);
    co_return co_await asio::async_write(socket, buffer, kTuple);
  }

  /// The next thing that the server says.
  Task<Result<NatsFrame>> Next() {
    while (true) {
      PARLEY_CO_ASSIGN(const std::optional<NatsFrame> frame, reader.Next());
      if (frame) co_return *frame;
      const auto [error, bytes] = co_await ReadSome();
      if (error) co_return Unreachable(error);
      reader.Filled(bytes);
    }
  }

  /// Goes on with TLS over the socket.
  Task<Status> Secure() {
    if (!server.tls_required && !server.tls_available) {
      co_return Unavailable("the NATS servers do not offer TLS: write nats:// in bus.nats.urls");
    }
    PARLEY_CO_ASSIGN(context, MakeTls(options.ca_file));
    tls.emplace(socket, *context);
    tls->set_verify_callback(ssl::host_name_verification(address.host));
    error_code error;
    // Servers of many names choose their certificate by it (RFC 6066, 3: no addresses).
    if (asio::ip::make_address(address.host, error); error) {
      SSL_set_tlsext_host_name(tls->native_handle(), address.host.c_str());
    }
    std::tie(error) = co_await tls->async_handshake(ssl::stream_base::client, kTuple);
    if (!error) co_return Status::Ok();
    co_return Unavailable(
        "there is no TLS connection to the NATS servers: check their certificates and "
        "bus.nats.ca_file (" +
        error.message() + ")");
  }

  Task<error_code> Reach() {
    error_code error;
    std::vector<Tcp::endpoint> endpoints;
    const auto literal = asio::ip::make_address(address.host, error);
    if (!error) {
      endpoints.emplace_back(literal, address.port);
    } else {
      Resolver resolver(shard.executor());
      auto [failed, found] =
          co_await resolver.async_resolve(address.host, std::to_string(address.port), kTuple);
      if (failed) co_return failed;
      for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    }
    for (const Tcp::endpoint& endpoint : endpoints) {
      if (closed) co_return asio::error::operation_aborted;
      if (socket.is_open()) socket.close(error);
      std::tie(error) = co_await socket.async_connect(endpoint, kTuple);
      if (!error) {
        socket.set_option(Tcp::no_delay(true), error);
        co_return error;
      }
    }
    co_return error;
  }
};

NatsConnection::NatsConnection(runtime::Shard& shard, NatsServer address, NatsLinkOptions options)
    : state_(std::make_unique<State>(shard, std::move(address), std::move(options))) {}

NatsConnection::~NatsConnection() = default;

Task<Status> NatsConnection::Connect(std::shared_ptr<NatsConnection> self) {
  runtime::Timer patience(self->state_->shard);
  patience.After(self->state_->options.connect_timeout, [self = self.get()] { self->Close(); });
  Status signed_in = co_await self->SignIn();
  if (!signed_in.ok()) self->Close();
  co_return signed_in;
}

Task<Status> NatsConnection::SignIn() {
  State& state = *state_;
  const NatsLinkOptions& options = state.options;
  if (const error_code error = co_await state.Reach()) co_return Unreachable(error);
  PARLEY_CO_ASSIGN(const NatsFrame greeting, co_await state.Next());
  if (greeting.kind != NatsFrame::Kind::kInfo) {
    co_return Unavailable("what answers at bus.nats.urls is no NATS server");
  }
  PARLEY_CO_ASSIGN(state.server, ParseServerInfo(greeting.text));
  // A server that wants it gets it, asked for or not: the password goes over this connection.
  const bool tls = state.address.tls || !options.ca_file.empty() || state.server.tls_required;
  if (tls) PARLEY_CO_TRY(co_await state.Secure());
  AppendConnect(state.sending, {options.name, options.user, options.password, tls});
  AppendPing(state.sending);
  const auto [error, bytes] = co_await state.WriteAll();
  state.sending.clear();
  if (error) co_return Unreachable(error);
  while (true) {
    PARLEY_CO_ASSIGN(const NatsFrame answer, co_await state.Next());
    if (answer.kind == NatsFrame::Kind::kPong) co_return Status::Ok();
    if (answer.kind == NatsFrame::Kind::kError) co_return RefusedFor(answer.text);
  }
}

Task<void> NatsConnection::Read(std::shared_ptr<NatsConnection> self, OnFrame on_frame) {
  State& state = *self->state_;
  while (!state.closed) {
    const Result<NatsFrame> frame = co_await state.Next();
    if (!frame.ok()) break;
    on_frame(*frame);
  }
  self->Close();
}

Task<void> NatsConnection::Write(std::shared_ptr<NatsConnection> self) {
  State& state = *self->state_;
  state.writing = true;
  while (!state.out.empty() && !state.closed) {
    state.sending.swap(state.out);
    const auto [error, bytes] = co_await state.WriteAll();
    state.sending.clear();
    if (state.sending.capacity() > kKeptBytes) state.sending.shrink_to_fit();
    if (error) self->Close();
    if (state.out.empty() && !state.closed && state.on_sent) state.on_sent();
  }
  state.writing = false;
}

std::string& NatsConnection::out() { return state_->out; }

void NatsConnection::Send() {
  if (state_->writing || state_->closed || state_->out.empty()) return;
  runtime::Spawn(state_->shard, "send to NATS", Write(shared_from_this()));
}

std::size_t NatsConnection::unsent_bytes() const {
  return state_->out.size() + state_->sending.size();
}

void NatsConnection::OnSent(std::function<void()> on_sent) { state_->on_sent = std::move(on_sent); }

const NatsServerInfo& NatsConnection::server() const { return state_->server; }

void NatsConnection::Close() {
  state_->closed = true;
  error_code ignored;
  state_->socket.close(ignored);
}

}  // namespace parley::bus
