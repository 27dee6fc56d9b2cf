#include <utility>

#include "http/admission.h"
#include "http/api.h"
#include "http/paging.h"
#include "http/responses.h"
#include "http/routes.h"
#include "wire/encode.h"
#include "wire/requests.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

/// Positions are stored no further than the head: nothing is cut off.
constexpr Seq kAnyHead{UINT64_MAX};

Result<UserId> PathMember(const Request& request) {
  return PathId<UserId>(request, 1, "no such member");
}

Task<Result<HttpResponse>> List(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(chat::Page page, ReadPage(request->query));
  PARLEY_CO_ASSIGN(const auto list,
                   co_await api->to.chat->ListMembers(request->caller.user, id, std::move(page)));
  co_return Json(200, wire::EncodeList(list.items, list.next_cursor,
                                       [](wire::JsonWriter& json, const MemberView& member) {
                                         wire::WriteMember(json, member, kAnyHead);
                                       }));
}

Task<Result<HttpResponse>> Add(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(wire::AddMembersRequest body,
                   wire::ParseAddMembers(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_TRY(AdmitCaller(*api, *request, limits::Action::kMember, body.user_ids.size()));
  PARLEY_CO_ASSIGN(
      const ConversationView view,
      co_await api->to.chat->AddMembers(request->caller.user, id, std::move(body.user_ids)));
  co_return Json(200, wire::EncodeConversation(view));
}

Task<Result<HttpResponse>> SetRole(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(const UserId member, PathMember(*request));
  PARLEY_CO_ASSIGN(const wire::SetRoleRequest body,
                   wire::ParseSetRole(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_ASSIGN(const MemberView view,
                   co_await api->to.chat->SetRole(request->caller.user, id, member, body.role));
  co_return Json(
      200, wire::ToJson([&](wire::JsonWriter& json) { wire::WriteMember(json, view, kAnyHead); }));
}

Task<Result<HttpResponse>> Remove(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(const UserId member, PathMember(*request));
  PARLEY_CO_TRY(co_await api->to.chat->RemoveMember(request->caller.user, id, member));
  co_return NoContent();
}

constexpr Route kRoutes[] = {
    {"GET", "/v1/conversations/{id}/members", Access::kSignedIn, Body::kNone, List},
    {"POST", "/v1/conversations/{id}/members", Access::kSignedIn, Body::kJson, Add},
    {"PATCH", "/v1/conversations/{id}/members/{user_id}", Access::kSignedIn, Body::kJson, SetRole},
    {"DELETE", "/v1/conversations/{id}/members/{user_id}", Access::kSignedIn, Body::kNone, Remove},
};

}  // namespace

std::span<const Route> MembersRoutes() { return kRoutes; }

}  // namespace parley::http
