#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "auth/administration.h"
#include "auth/invitations.h"
#include "auth/password_resets.h"
#include "auth/sign_up.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "bus/bus.h"
#include "chat/chat_service.h"
#include "gateway/session_factory.h"
#include "http/origins.h"
#include "http/target.h"
#include "http/web_assets.h"
#include "limits/client_address.h"
#include "limits/rate_limits.h"
#include "metrics/counter_set.h"
#include "metrics/server_history.h"
#include "model/live_limits.h"
#include "net/http.h"
#include "runtime/semaphore.h"

namespace parley::http {

/// What the public port is set to.
struct ApiSettings {
  std::string name = "Parley";
  std::vector<std::string> features;  ///< what `GET /v1/server` lists, for example FeaturesOfApi()
  LiveLimits limits;
  OriginSettings origins;
};

/// What stands behind the public port; all of it outlives the service.
struct ApiDependencies {
  auth::AccountService* accounts = nullptr;
  auth::SignUp* sign_up = nullptr;
  auth::InvitationService* invitations = nullptr;
  auth::PasswordResets* password_resets = nullptr;
  auth::Administration* administration = nullptr;
  const metrics::ServerHistory* history = nullptr;
  chat::ChatService* chat = nullptr;
  bus::Bus* bus = nullptr;
  gateway::SessionFactory* sessions = nullptr;
  runtime::Semaphore* sign_ins = nullptr;  ///< of gateway::Arrivals; null: nobody waits for others
  Clock* clock = nullptr;
  Random* random = nullptr;
  Logger* log = nullptr;
  metrics::CounterSet* errors = nullptr;  ///< made of ErrorCodes(); the gateway counts there too
  limits::RateLimits* rates = nullptr;    ///< null: nothing is limited
  const WebAssets* web = nullptr;         ///< null: there is no web app
};

/// What every handler is given. Immutable; any thread.
struct Api {
  ApiDependencies to;
  ApiSettings settings;
  Origins origins;
};

enum class CredentialKind { kNone, kBearer, kCookie };

/// A request on its way through the routes. Belongs to the task that answers it.
struct Request {
  net::HttpRequest http;
  Query query;
  std::vector<std::string> parameters;  ///< what stands for the names in braces of the pattern
  limits::ClientAddress client;         ///< where it comes from (Origins::ClientOf)
  CredentialKind credential = CredentialKind::kNone;
  auth::Caller caller;  ///< of a route with Access::kSignedIn, or of a handshake; else nobody
};

/// The id that a parameter of the path names; kNotFound if it is none: such a thing does not exist.
template <class IdType>
Result<IdType> PathId(const Request& request, std::size_t index, std::string_view not_found) {
  const std::optional<IdType> id = IdType::Parse(request.parameters.at(index));
  if (!id) return NotFound(std::string(not_found));
  return *id;
}

}  // namespace parley::http
