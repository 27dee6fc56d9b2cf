#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "http/admission.h"
#include "http/api.h"
#include "http/paging.h"
#include "http/responses.h"
#include "http/routes.h"
#include "wire/admin_encode.h"
#include "wire/admin_requests.h"
#include "wire/encode.h"

namespace parley::http {
namespace {

using net::HttpResponse;
using runtime::Task;

Task<Result<HttpResponse>> Create(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const wire::InvitationBody body,
                   wire::ParseInvitation(request->http.body, api->settings.limits.Get()));
  auth::InvitationRequest wanted;
  if (body.max_uses) {
    // What is too large for the type is too large for the service.
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    wanted.max_uses = static_cast<std::uint32_t>(std::min(*body.max_uses, kMost));
  }
  wanted.life = body.expires_in.value_or(wanted.life);
  PARLEY_CO_ASSIGN(const auth::NewInvitation made,
                   co_await api->to.invitations->Create(request->caller.user, wanted));
  const std::string url = api->origins.BaseUrl(request->http) + "/invite/" + made.token;
  co_return Json(201, wire::EncodeNewInvitation(made.invitation, made.token, url));
}

Task<Result<HttpResponse>> List(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const chat::Page page, ReadPage(request->query));
  PARLEY_CO_ASSIGN(const std::optional<InvitationId> after, IdCursor<InvitationId>(page));
  PARLEY_CO_ASSIGN(const auth::InvitationPage found,
                   co_await api->to.invitations->List(request->caller.user, after, page.limit));
  co_return Json(200, wire::EncodeList(found.items, TextOf(found.next),
                                       [](wire::JsonWriter& json, const Invitation& invitation) {
                                         wire::WriteInvitation(json, invitation);
                                       }));
}

Task<Result<HttpResponse>> Revoke(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const InvitationId id,
                   PathId<InvitationId>(*request, 0, "you have no such invitation"));
  PARLEY_CO_TRY(co_await api->to.invitations->Revoke(request->caller.user, id));
  co_return NoContent();
}

/// Whoever tries tokens is held to the rate of who tries passwords.
Task<Result<HttpResponse>> GetInvite(const Api* api, Request* request) {
  PARLEY_CO_TRY(AdmitAddress(*api, *request, limits::Action::kSignIn));
  PARLEY_CO_ASSIGN(const auth::Invite invite,
                   co_await api->to.invitations->FindGood(request->parameters.at(0)));
  co_return Json(200, wire::EncodeInvite(invite.inviter, invite.invitation.expires_at));
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/invitations", Access::kSignedIn, Body::kJson, Create},
    {"GET", "/v1/invitations", Access::kSignedIn, Body::kNone, List},
    {"DELETE", "/v1/invitations/{id}", Access::kSignedIn, Body::kNone, Revoke},
    {"GET", "/v1/invites/{token}", Access::kAnyone, Body::kNone, GetInvite},
};

}  // namespace

std::span<const Route> InvitationsRoutes() { return kRoutes; }

}  // namespace parley::http
