// The public port behind its sockets: the bytes of a connection, read by net::RequestParser and
// answered by http::ApiService over a store in memory.

#include <optional>
#include <string>
#include <variant>
#include <simdjson.h>

#include "fuzz/check.h"
#include "fuzz/world.h"
#include "http/api_service.h"
#include "http/text.h"
#include "net/request_parser.h"
#include "net/websocket_handshake.h"

namespace parley::http {
namespace {

using fuzz::World;

constexpr std::size_t kMaxRequests = 8;  // of one input

/// Makes no sessions: fuzz_session is for what happens in them.
class NoSessions : public gateway::SessionFactory {
 public:
  std::unique_ptr<gateway::SessionHandler> Make(runtime::Shard& /*shard*/,
                                                std::optional<auth::Caller> /*caller*/,
                                                gateway::Start /*start*/,
                                                limits::ClientAddress /*client*/) override {
    return nullptr;
  }
};

class Server {
 public:
  net::HttpResponse Answer(net::HttpRequest request, bool http11) {
    request.peer_address = "127.0.0.1";
    if (!net::AsksForWebSocket(request, http11)) {
      return world_.backend.Run(service_.Handle(std::move(request)));
    }
    if (const auto refusal = net::CheckHandshake(request)) {
      return service_.Refuse(refusal->status, refusal->detail);
    }
    auto upgrade = world_.backend.Run(service_.Upgrade(std::move(request), world_.backend.shard()));
    if (auto* response = std::get_if<net::HttpResponse>(&upgrade)) return std::move(*response);
    net::HttpResponse switching;
    switching.status = 101;
    return switching;
  }
  net::HttpResponse Refuse(const net::Refusal& refusal) {
    return service_.Refuse(refusal.status, refusal.detail);
  }

 private:
  ApiDependencies Dependencies() {
    ApiDependencies to;
    to.accounts = &world_.accounts;
    to.sign_up = &world_.sign_up;
    to.invitations = &world_.invitations;
    to.password_resets = &world_.password_resets;
    to.administration = &world_.administration;
    to.history = &world_.history;
    to.chat = &world_.backend.chat();
    to.bus = &world_.backend.bus();
    to.sessions = &sessions_;
    to.clock = &world_.backend.clock();
    to.random = &world_.random;
    to.log = &log_;
    to.errors = &errors_;
    return to;
  }

  World world_;
  NoSessions sessions_;
  NullLogger log_;
  metrics::CounterSet errors_{"code", ErrorCodes()};
  ApiService service_{Dependencies(), ApiSettings()};
};

std::string_view Header(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return {};
}

void CheckProblem(const net::HttpResponse& response) {
  FUZZ_CHECK(Header(response, "Content-Type") == "application/problem+json");
  simdjson::dom::parser parser;
  simdjson::dom::element problem;
  FUZZ_CHECK(!parser.parse(response.body).get(problem));
  for (const char* name : {"type", "title", "detail", "code"}) {
    std::string_view text;
    FUZZ_CHECK(!problem[name].get(text) && !text.empty());
  }
  std::uint64_t status = 0;
  FUZZ_CHECK(!problem["status"].get(status));
  FUZZ_CHECK(status == static_cast<std::uint64_t>(response.status));
}

void Check(const net::HttpResponse& response, std::string_view input) {
  FUZZ_CHECK(response.status == 101 || response.status == 501 || response.status == 505 ||
             (response.status >= 200 && response.status < 500));
  if (response.status == 101) return;
  FUZZ_CHECK(!Header(response, "X-Request-Id").empty());
  for (const auto& [name, value] : response.headers) {
    FUZZ_CHECK(name.find_first_of("\r\n: ") == std::string::npos);
    FUZZ_CHECK(value.find_first_of("\r\n") == std::string::npos);
    FUZZ_CHECK(!World::Leaks(value, input));
  }
  FUZZ_CHECK(!World::Leaks(response.body, input));
  if (response.status >= 400) {
    CheckProblem(response);
  } else if (response.status == 204) {
    FUZZ_CHECK(response.body.empty());
  } else if (Header(response, "Content-Type") == "application/json") {
    simdjson::dom::parser parser;
    FUZZ_CHECK(!parser.parse(response.body).error());
  }
}

}  // namespace
}  // namespace parley::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const std::string_view input = fuzz::AsText(data, size);
  const Limits limits;
  // Made anew only after an input that changed something: making one takes longer than most inputs.
  static std::optional<http::Server> server;
  bool changed = false;
  if (!server) server.emplace();
  std::string_view rest = input;
  for (std::size_t i = 0; i < http::kMaxRequests && !rest.empty(); ++i) {
    net::RequestParser parser(16'384, limits.body_bytes);
    while (!rest.empty() && !parser.done() && !parser.refusal()) {
      const bool in_header = !parser.header_done();
      rest.remove_prefix(parser.Put(rest));
      if (!in_header || !parser.header_done()) break;
    }
    if (parser.refusal()) {
      http::Check(server->Refuse(*parser.refusal()), input);
      break;
    }
    if (!parser.done()) break;
    const bool http11 = parser.http11();
    net::HttpRequest request = parser.Take();
    const bool reads = request.method == "GET" || request.method == "HEAD";
    const net::HttpResponse response = server->Answer(std::move(request), http11);
    changed = changed || (!reads && response.status < 300);
    http::Check(response, input);
  }
  if (changed) server.reset();
  return 0;
}
