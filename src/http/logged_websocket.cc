#include "http/logged_websocket.h"

#include <chrono>
#include <cstdint>
#include <utility>

namespace parley::http {
namespace {

using std::chrono::steady_clock;

/// Between handler and connection, in both directions.
class LoggedWebSocket : public net::WebSocketHandler, public net::WebSocket {
 public:
  LoggedWebSocket(std::unique_ptr<gateway::SessionHandler> inner, Logger& log,
                  WebSocketOrigin origin)
      : inner_(std::move(inner)),
        log_(log),
        request_id_(std::move(origin.request_id)),
        network_(std::move(origin.network)) {}

  // What the connection tells.
  void OnOpen(net::WebSocket& socket) override {
    socket_ = &socket;
    opened_ = steady_clock::now();
    log_.Info("a WebSocket was opened",
              {{"request_id", request_id_}, {"user", user()}, {"client", network_}});
    inner_->OnOpen(*this);
  }
  void OnPart(std::size_t bytes) override { inner_->OnPart(bytes); }
  void OnText(std::string_view text) override {
    ++frames_in_;
    inner_->OnText(text);
  }
  void OnDrained() override { inner_->OnDrained(); }
  void OnClosed(net::CloseReason reason) override {
    inner_->OnClosed(reason);
    socket_ = nullptr;
    const auto open = steady_clock::now() - opened_;
    log_.Info("a WebSocket ended",
              {{"request_id", request_id_},
               {"user", user()},
               {"client", network_},
               {"reason", net::CloseReasonName(reason)},
               {"code", code_},
               {"millis", std::chrono::duration_cast<std::chrono::milliseconds>(open).count()},
               {"frames_in", frames_in_},
               {"frames_out", frames_out_}});
  }

  // What the handler asks for.
  bool Send(wire::Frame frame) override {
    ++frames_out_;
    return socket_->Send(std::move(frame));
  }
  void Close(net::CloseCode code, std::string_view reason) override {
    if (code_ == 0) code_ = static_cast<std::uint64_t>(code);
    socket_->Close(code, reason);
  }
  void PauseReading() override { socket_->PauseReading(); }
  void ResumeReading() override { socket_->ResumeReading(); }
  std::size_t queued_bytes() const override { return socket_->queued_bytes(); }
  std::size_t queued_frames() const override { return socket_->queued_frames(); }

 private:
  std::string user() const {
    const UserId user = inner_->user();
    return user == UserId() ? "unknown" : user.ToString();
  }

  const std::unique_ptr<gateway::SessionHandler> inner_;
  Logger& log_;
  const std::string request_id_;
  const std::string network_;
  net::WebSocket* socket_ = nullptr;
  steady_clock::time_point opened_;
  std::uint64_t frames_in_ = 0;
  std::uint64_t frames_out_ = 0;
  std::uint64_t code_ = 0;  ///< that the server chose; 0: none, or the connection's own
};

}  // namespace

std::unique_ptr<net::WebSocketHandler> LogWebSocket(std::unique_ptr<gateway::SessionHandler> inner,
                                                    Logger& log, WebSocketOrigin origin) {
  return std::make_unique<LoggedWebSocket>(std::move(inner), log, std::move(origin));
}

}  // namespace parley::http
