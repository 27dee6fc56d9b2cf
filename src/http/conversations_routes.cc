#include <string>
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

/// Takes of both rates or of none, so that who waits for the one does not meet the other then.
Status AdmitCreate(const Api& api, const Request& request, std::size_t members) {
  PARLEY_TRY(AdmitCaller(api, request, limits::Action::kConversation));
  Status admitted = AdmitCaller(api, request, limits::Action::kMember, members);
  if (!admitted.ok()) api.to.rates->GiveBack(request.caller.user, limits::Action::kConversation);
  return admitted;
}

Task<Result<HttpResponse>> Create(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(wire::CreateConversationRequest body,
                   wire::ParseCreateConversation(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_TRY(AdmitCreate(*api, *request, body.member_ids.size()));
  chat::CreateRequest create;
  create.kind = body.kind;
  create.member_ids = std::move(body.member_ids);
  create.title = std::move(body.title);
  create.history = body.history;
  create.client_id = body.client_id;
  PARLEY_CO_ASSIGN(const auto created,
                   co_await api->to.chat->Create(request->caller.user, std::move(create)));
  const auto& [view, is_new] = created;
  co_return Json(is_new ? 201 : 200, wire::EncodeConversation(view));
}

Task<Result<HttpResponse>> List(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(chat::Page page, ReadPage(request->query));
  PARLEY_CO_ASSIGN(const auto list,
                   co_await api->to.chat->List(request->caller.user, std::move(page)));
  co_return Json(200, wire::EncodeList(list.items, list.next_cursor,
                                       [](wire::JsonWriter& json, const ConversationView& view) {
                                         wire::WriteConversation(json, view);
                                       }));
}

Task<Result<HttpResponse>> Get(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(const ConversationView view,
                   co_await api->to.chat->Get(request->caller.user, id));
  co_return Json(200, wire::EncodeConversation(view));
}

Task<Result<HttpResponse>> Update(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(wire::UpdateConversationRequest body,
                   wire::ParseUpdateConversation(request->http.body, api->settings.limits.Get()));
  chat::UpdateCommand change{std::move(body.title), body.history};
  PARLEY_CO_ASSIGN(const ConversationView view,
                   co_await api->to.chat->Update(request->caller.user, id, std::move(change)));
  co_return Json(200, wire::EncodeConversation(view));
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/conversations", Access::kSignedIn, Body::kJson, Create},
    {"GET", "/v1/conversations", Access::kSignedIn, Body::kNone, List},
    {"GET", "/v1/conversations/{id}", Access::kSignedIn, Body::kNone, Get},
    {"PATCH", "/v1/conversations/{id}", Access::kSignedIn, Body::kJson, Update},
};

}  // namespace

std::span<const Route> ConversationsRoutes() { return kRoutes; }

}  // namespace parley::http
