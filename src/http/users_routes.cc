#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/admission.h"
#include "http/api.h"
#include "http/responses.h"
#include "http/routes.h"
#include "http/session_end.h"
#include "http/text.h"
#include "wire/encode.h"
#include "wire/requests.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

Task<Result<HttpResponse>> GetMe(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const User user, co_await api->to.accounts->GetUser(request->caller.user));
  co_return Json(200, wire::EncodeUser(user, wire::UserDetail::kSelf));
}

Task<Result<HttpResponse>> UpdateMe(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(wire::UpdateMeRequest body,
                   wire::ParseUpdateMe(request->http.body, api->settings.limits.Get()));
  const bool given = body.display_name.has_value();
  PARLEY_CO_ASSIGN(const User before, co_await api->to.accounts->GetUser(request->caller.user));
  auth::ProfileChange change;
  change.display_name = std::move(body.display_name);
  PARLEY_CO_ASSIGN(const User user,
                   co_await api->to.accounts->UpdateMe(request->caller.user, std::move(change)));
  if (given && user.display_name != before.display_name) api->to.chat->TellProfile(user.id);
  co_return Json(200, wire::EncodeUser(user, wire::UserDetail::kSelf));
}

Task<Result<HttpResponse>> ChangePassword(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(wire::ChangePasswordRequest body,
                   wire::ParseChangePassword(request->http.body, api->settings.limits.Get()));
  const auth::Caller caller = request->caller;
  PARLEY_CO_ASSIGN(
      std::vector<SessionId> ended,
      co_await api->to.accounts->ChangePassword(caller, std::move(body.old_password),
                                                std::move(body.new_password), request->client));
  PublishSessionsEnded(*api->to.bus, caller.user, std::move(ended));
  co_return NoContent();
}

/// Those of `users` whose activity the caller may know: who shares a conversation, and oneself.
Task<Result<std::vector<UserId>>> Known(const Api* api, const Request* request,
                                        std::vector<UserId> users) {
  const UserId caller = request->caller.user;
  std::vector<chat::Acquaintance> people;
  people.reserve(users.size());
  for (const UserId& user : users) people.push_back({user, ConversationId()});
  PARLEY_CO_ASSIGN(const std::vector<chat::Acquaintance> found,
                   co_await api->to.chat->FindAcquaintances(caller, std::move(people)));
  std::vector<UserId> known{caller};
  known.reserve(found.size() + 1);
  for (const chat::Acquaintance& person : found) known.push_back(person.user);
  co_return known;
}

wire::UserDetail DetailOf(UserId user, const std::vector<UserId>& known) {
  return std::ranges::find(known, user) == known.end() ? wire::UserDetail::kPublic
                                                       : wire::UserDetail::kActivity;
}

Task<Result<HttpResponse>> GetUser(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const UserId id, PathId<UserId>(*request, 0, "no such user"));
  PARLEY_CO_ASSIGN(const User user, co_await api->to.accounts->GetUser(id));
  PARLEY_CO_ASSIGN(const std::vector<UserId> known, co_await Known(api, request, {id}));
  co_return Json(200, wire::EncodeUser(user, DetailOf(id, known)));
}

/// "a,b": each id once, in order.
Result<std::vector<UserId>> ParseIds(std::string_view list) {
  std::vector<UserId> ids;
  for (const std::string_view text : SplitList(list)) {
    const std::optional<UserId> id = UserId::Parse(text);
    if (!id) return InvalidField("ids", "user ids, separated by commas");
    if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
    if (ids.size() > auth::kUsersPerRequest) break;  // the service refuses it; no need to read on
  }
  return ids;
}

Task<Result<HttpResponse>> ListUsers(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(std::optional<std::string> ids, request->query.Find("ids"));
  PARLEY_CO_ASSIGN(std::optional<std::string> search, request->query.Find("query"));
  std::vector<User> users;
  if (ids && !search) {
    PARLEY_CO_ASSIGN(std::vector<UserId> wanted, ParseIds(*ids));
    PARLEY_CO_ASSIGN(users, co_await api->to.accounts->GetUsers(std::move(wanted)));
  } else if (search && !ids) {
    PARLEY_CO_TRY(AdmitCaller(*api, *request, limits::Action::kSearch));
    PARLEY_CO_ASSIGN(users, co_await api->to.accounts->Search(*std::move(search)));
  } else {
    co_return InvalidField("query", "give either `ids` or `query`");
  }
  std::vector<UserId> shown;
  shown.reserve(users.size());
  for (const User& user : users) shown.push_back(user.id);
  PARLEY_CO_ASSIGN(const std::vector<UserId> known, co_await Known(api, request, std::move(shown)));
  co_return Json(
      200, wire::EncodeList(users, std::nullopt, [&](wire::JsonWriter& json, const User& user) {
        wire::WriteUser(json, user, DetailOf(user.id, known));
      }));
}

constexpr Route kRoutes[] = {
    {"GET", "/v1/users", Access::kSignedIn, Body::kNone, ListUsers},
    {"GET", "/v1/users/me", Access::kSignedIn, Body::kNone, GetMe},
    {"PATCH", "/v1/users/me", Access::kSignedIn, Body::kJson, UpdateMe},
    {"POST", "/v1/users/me/password", Access::kSignedIn, Body::kJson, ChangePassword},
    {"GET", "/v1/users/{id}", Access::kSignedIn, Body::kNone, GetUser},
};

}  // namespace

std::span<const Route> UsersRoutes() { return kRoutes; }

}  // namespace parley::http
