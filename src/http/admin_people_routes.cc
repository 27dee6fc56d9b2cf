#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/api.h"
#include "http/paging.h"
#include "http/responses.h"
#include "http/routes.h"
#include "http/session_end.h"
#include "model/validate.h"
#include "wire/admin_encode.h"
#include "wire/admin_requests.h"
#include "wire/encode.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

Result<UserId> PathPerson(const Request& request) {
  return PathId<UserId>(request, 0, "there is no such person");
}

HttpResponse PersonAnswer(const auth::Person& person) {
  return Json(200, wire::EncodePerson(person.user, person.sessions));
}

/// The cursor is the username of the last one shown.
Result<std::string> UsernameCursor(const chat::Page& page) {
  if (!page.cursor) return std::string();
  Result<std::string> name = ValidateUsername(*page.cursor);
  if (!name.ok()) return InvalidField("cursor", "is not one of ours");
  return name;
}

Task<Result<HttpResponse>> List(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const chat::Page page, ReadPage(request->query));
  PARLEY_CO_ASSIGN(std::string after, UsernameCursor(page));
  PARLEY_CO_ASSIGN(std::optional<std::string> query, request->query.Find("query"));
  PARLEY_CO_ASSIGN(const auth::PersonPage found,
                   co_await api->to.administration->ListPeople(std::move(query).value_or(""),
                                                               std::move(after), page.limit));
  co_return Json(200, wire::EncodeList(found.items, found.next,
                                       [](wire::JsonWriter& json, const auth::Person& person) {
                                         wire::WritePerson(json, person.user, person.sessions);
                                       }));
}

Task<Result<HttpResponse>> Get(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const UserId id, PathPerson(*request));
  PARLEY_CO_ASSIGN(const auth::Person person, co_await api->to.administration->GetPerson(id));
  co_return PersonAnswer(person);
}

Task<Result<HttpResponse>> Update(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const UserId id, PathPerson(*request));
  PARLEY_CO_ASSIGN(const wire::UpdatePersonBody body,
                   wire::ParseUpdatePerson(request->http.body, api->settings.limits.Get()));
  const auth::PersonChange change{.disabled = body.disabled, .admin = body.admin};
  PARLEY_CO_ASSIGN(auth::PersonChanged changed,
                   co_await api->to.administration->ChangePerson(request->caller.user, id, change));
  PublishSessionsEnded(*api->to.bus, id, std::move(changed.ended));
  co_return PersonAnswer(changed.person);
}

Task<Result<HttpResponse>> CreatePasswordReset(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const UserId id, PathPerson(*request));
  PARLEY_CO_ASSIGN(const auth::NewPasswordReset made,
                   co_await api->to.password_resets->Create(request->caller.user, id));
  const std::string url = api->origins.BaseUrl(request->http) + "/reset/" + made.token;
  co_return Json(201, wire::EncodePasswordReset(made.token, url, made.expires_at));
}

Task<Result<HttpResponse>> SignOut(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const UserId id, PathPerson(*request));
  PARLEY_CO_ASSIGN(std::vector<SessionId> ended,
                   co_await api->to.administration->SignOut(request->caller.user, id));
  PublishSessionsEnded(*api->to.bus, id, std::move(ended));
  co_return NoContent();
}

constexpr Route kRoutes[] = {
    {"GET", "/v1/admin/people", Access::kAdmin, Body::kNone, List},
    {"GET", "/v1/admin/people/{id}", Access::kAdmin, Body::kNone, Get},
    {"PATCH", "/v1/admin/people/{id}", Access::kAdmin, Body::kJson, Update},
    {"POST", "/v1/admin/people/{id}/password-reset", Access::kAdmin, Body::kNone,
     CreatePasswordReset},
    {"DELETE", "/v1/admin/people/{id}/sessions", Access::kAdmin, Body::kNone, SignOut},
};

}  // namespace

std::span<const Route> AdminPeopleRoutes() { return kRoutes; }

}  // namespace parley::http
