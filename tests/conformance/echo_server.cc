// Answers every WebSocket text message with itself, over the server's own net library: what the conformance cases talk
// to. Prints "listening PORT"; ends when its standard input does.

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "net/http.h"
#include "net/server.h"
#include "net/websocket.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace parley::net {
namespace {

class EchoSession : public WebSocketHandler {
 public:
  void OnOpen(WebSocket& socket) override { socket_ = &socket; }
  void OnText(std::string_view text) override { socket_->Send(wire::Frame::Text(text)); }
  void OnDrained() override {}
  void OnClosed(CloseReason /*reason*/) override { socket_ = nullptr; }

 private:
  WebSocket* socket_ = nullptr;
};

class EchoService : public HttpService {
 public:
  runtime::Task<HttpResponse> Handle(HttpRequest /*request*/) override {
    co_return Refuse(426, "this is an echo server for WebSockets");
  }
  runtime::Task<std::variant<HttpResponse, AcceptWebSocket>> Upgrade(
      HttpRequest /*request*/, runtime::Shard& /*shard*/) override {
    co_return AcceptWebSocket{.subprotocol = {}, .handler = std::make_unique<EchoSession>()};
  }
  HttpResponse Refuse(int status, std::string_view detail) override {
    return {.status = status, .headers = {}, .body = std::string(detail)};
  }
};

int Run() {
  runtime::Shard shard;
  EchoService service;
  ServerOptions options;
  options.extra_frames_per_second = 0;  // the cases send floods of fragments on purpose
  Server server({&shard}, options, service);
  shard.Start();
  const Status started = server.Start();
  if (!started.ok()) {
    std::fprintf(stderr, "echo_server: %s\n", started.ToString().c_str());
    shard.Stop();
    return 1;
  }
  std::printf("listening %u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  server.Stop();
  shard.Stop();
  return 0;
}

}  // namespace
}  // namespace parley::net

int main() { return parley::net::Run(); }
