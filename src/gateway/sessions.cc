#include "gateway/sessions.h"

#include <utility>

namespace parley::gateway {
namespace {

/// The connection's end of a session. The session itself may outlive the connection by as long as
/// one of its tasks waits for an answer.
class ConnectedSession : public SessionHandler {
 public:
  explicit ConnectedSession(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  void OnOpen(net::WebSocket& socket) override { session_->OnOpen(socket); }
  void OnPart(std::size_t bytes) override { session_->OnPart(bytes); }
  void OnText(std::string_view text) override { session_->OnText(text); }
  void OnDrained() override { session_->OnDrained(); }
  void OnClosed(net::CloseReason /*reason*/) override { session_->OnClosed(); }
  UserId user() const override { return session_->user(); }

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace

std::unique_ptr<SessionHandler> Sessions::Make(runtime::Shard& shard,
                                               std::optional<auth::Caller> caller, Start start,
                                               limits::ClientAddress client) {
  return std::make_unique<ConnectedSession>(
      std::make_shared<Session>(environment_, shard, caller, start, client));
}

}  // namespace parley::gateway
