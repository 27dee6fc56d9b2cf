#include "net/testing/fake_service.h"

#include <future>
#include <utility>

#include <fmt/format.h>

namespace parley::net {
namespace {

using runtime::Task;

constexpr std::chrono::seconds kPatience{10};

class FakeSession : public WebSocketHandler {
 public:
  FakeSession(std::shared_ptr<SessionLog> log, runtime::Shard* shard)
      : log_(std::move(log)), shard_(shard) {}
  ~FakeSession() override {
    log_->Change([](SessionLog::State& state) { state.destroyed = true; });
  }

  void OnOpen(WebSocket& socket) override {
    socket_ = &socket;
    log_->Change([&](SessionLog::State& state) {
      state.socket = &socket;
      state.shard = shard_;
    });
  }
  void OnPart(std::size_t bytes) override {
    log_->Change([&](SessionLog::State& state) { state.part_bytes = bytes; });
  }
  void OnText(std::string_view text) override {
    log_->Change([text](SessionLog::State& state) { state.texts.emplace_back(text); });
    if (text.starts_with("echo:")) socket_->Send(wire::Frame::Text(text));
    if (text == "close") socket_->Close(CloseCode::kNormal, "bye");
    if (text == "pause") socket_->PauseReading();
    if (text.starts_with("burst:")) {
      const int count = std::stoi(std::string(text.substr(6)));
      for (int i = 0; i < count; ++i) socket_->Send(wire::Frame::Text(std::to_string(i)));
    }
  }
  void OnDrained() override {
    log_->Change([](SessionLog::State& state) { ++state.drained; });
  }
  void OnClosed(CloseReason reason) override {
    log_->Change([reason](SessionLog::State& state) {
      state.closed = reason;
      state.socket = nullptr;
    });
  }

 private:
  std::shared_ptr<SessionLog> log_;
  runtime::Shard* shard_;
  WebSocket* socket_ = nullptr;
};

}  // namespace

void SessionLog::Change(const std::function<void(State&)>& change) {
  const std::lock_guard lock(mutex_);
  change(state_);
  changed_.notify_all();
}

SessionLog::State SessionLog::Now() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool SessionLog::WaitFor(const std::function<bool(const State&)>& done) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return done(state_); });
}

std::optional<CloseReason> SessionLog::WaitForClose() const {
  // The session is destroyed after OnClosed; waiting for that too keeps the test honest about it.
  WaitFor([](const State& state) { return state.closed && state.destroyed; });
  return Now().closed;
}

void SessionLog::OnShard(const std::function<void(WebSocket&)>& work) {
  WaitFor([](const State& state) { return state.socket != nullptr; });
  std::promise<void> done;
  Now().shard->Post([&] {
    if (WebSocket* socket = Now().socket) work(*socket);
    done.set_value();
  });
  done.get_future().wait();
}

Task<std::variant<HttpResponse, Sender>> FakeService::Admit(HttpRequest head) {
  if (!refuses_large_bodies) {
    co_return head.target == "/known" ? Sender::kKnown : Sender::kStranger;
  }
  HttpResponse response = co_await Handle(std::move(head));
  response.status = 401;
  co_return response;
}

Task<HttpResponse> FakeService::Handle(HttpRequest request) {
  if (request.target == "/slow") {
    IgnoreStatus(co_await runtime::AwaitCompletion<Status>([this](runtime::Completer<Status> done) {
                   const std::lock_guard lock(mutex_);
                   slow_.emplace(std::move(done));
                   changed_.notify_all();
                 }),
                 "released or dropped, both end the wait");
  }
  HttpResponse response;
  response.headers.emplace_back(
      "X-Seen", fmt::format("{} {} from {}", request.method, request.target, request.peer_address));
  response.body =
      request.target == "/wide" ? std::string(wide_bytes, 'w') : std::move(request.body);
  co_return response;
}

Task<std::variant<HttpResponse, AcceptWebSocket>> FakeService::Upgrade(HttpRequest request,
                                                                       runtime::Shard& shard) {
  if (request.target != "/ws") co_return HttpResponse{.status = 403, .headers = {}, .body = "no"};
  auto log = std::make_shared<SessionLog>();
  {
    const std::lock_guard lock(mutex_);
    sessions_.push_back(log);
    changed_.notify_all();
  }
  co_return AcceptWebSocket{
      .subprotocol =
          std::string(request.Header("Sec-WebSocket-Protocol").empty() ? "" : "parley.v1"),
      .handler = std::make_unique<FakeSession>(log, &shard)};
}

HttpResponse FakeService::Refuse(int status, std::string_view detail) {
  return {.status = status, .headers = {{"X-Refused", "yes"}}, .body = std::string(detail)};
}

bool FakeService::WaitForSlow() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [this] { return slow_.has_value(); });
}

void FakeService::Release() {
  const std::lock_guard lock(mutex_);
  if (slow_) (*slow_)(Status::Ok());
  slow_.reset();
}

std::shared_ptr<SessionLog> FakeService::Session(std::size_t n) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] { return sessions_.size() > n; });
  return sessions_.at(n);
}

}  // namespace parley::net
