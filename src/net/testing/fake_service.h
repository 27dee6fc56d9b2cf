#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/http.h"
#include "runtime/completer.h"

namespace parley::net {

/// What one WebSocket session was told. Any thread.
class SessionLog {
 public:
  struct State {
    runtime::Shard* shard = nullptr;
    WebSocket* socket = nullptr;  ///< until OnClosed
    std::vector<std::string> texts;
    std::size_t part_bytes = 0;  ///< of OnPart, the last time
    int drained = 0;
    std::optional<CloseReason> closed;
    bool destroyed = false;
  };

  void Change(const std::function<void(State&)>& change);
  State Now() const;
  /// Waits for `done` to hold, some seconds at most; answers whether it does.
  bool WaitFor(const std::function<bool(const State&)>& done) const;
  /// Waits for the end of the session.
  std::optional<CloseReason> WaitForClose() const;
  /// Runs `work` with the open connection on its shard, and waits for it.
  void OnShard(const std::function<void(WebSocket&)>& work);

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  State state_;
};

/// A service for tests of the server.
///
/// HTTP: every request is answered with 200, a header X-Seen ("METHOD target from peer") and its
/// own body; /slow only after Release; /wide with `wide_bytes` of body.
///
/// WebSocket: /ws is accepted (with parley.v1, if asked for), everything else is 403. A session
/// answers "echo:…" with the same, "burst:N" with N frames "0", "1", …, closes with 1000 on
/// "close", stops reading on "pause"; everything is in the log of the session.
class FakeService : public HttpService {
 public:
  runtime::Task<HttpResponse> Handle(HttpRequest request) override;
  runtime::Task<std::variant<HttpResponse, Sender>> Admit(HttpRequest head) override;
  runtime::Task<std::variant<HttpResponse, AcceptWebSocket>> Upgrade(
      HttpRequest request, runtime::Shard& shard) override;
  HttpResponse Refuse(int status, std::string_view detail) override;

  /// Waits until a request for /slow is being handled.
  bool WaitForSlow();
  /// Lets it be answered.
  void Release();
  /// The log of the session that was opened as the n-th, from 0; waits for it.
  std::shared_ptr<SessionLog> Session(std::size_t n = 0);

  std::size_t wide_bytes = 0;
  bool refuses_large_bodies = false;  ///< with 401; else those to /known are a known person's

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<runtime::Completer<Status>> slow_;
  std::vector<std::shared_ptr<SessionLog>> sessions_;
};

}  // namespace parley::net
