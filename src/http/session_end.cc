#include "http/session_end.h"

#include <memory>
#include <utility>

namespace parley::http {

void PublishSessionsEnded(bus::Bus& bus, UserId user, std::vector<SessionId> sessions) {
  if (sessions.empty()) return;
  auto event = std::make_shared<bus::Event>();
  event->kind = bus::Event::Kind::kSessionsEnded;
  event->sessions = std::move(sessions);
  bus.Publish(std::move(event), std::make_shared<const std::vector<UserId>>(1, user));
}

}  // namespace parley::http
