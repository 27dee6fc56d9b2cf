#include <optional>
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

Task<Result<HttpResponse>> Send(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(wire::SendRequest body,
                   wire::ParseSend(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_TRY(AdmitCaller(*api, *request, limits::Action::kSend));
  chat::SendCommand message;
  message.client_id = body.client_id;
  message.text = std::move(body.text);
  message.reply_to = body.reply_to;
  PARLEY_CO_ASSIGN(const chat::CommandAnswer answer,
                   co_await api->to.chat->Send(request->caller.user, id, std::move(message)));
  // The sender quoted it: they see what they quoted.
  constexpr Seq kEverything{1};
  co_return Json(answer.existed ? 200 : 201, wire::EncodeMessage(*answer.entry, kEverything));
}

Result<chat::MessageRange> ReadRange(const Query& query) {
  chat::MessageRange range;
  PARLEY_ASSIGN(range.before, query.FindSeq("before"));
  PARLEY_ASSIGN(range.after, query.FindSeq("after"));
  PARLEY_ASSIGN(range.around, query.FindSeq("around"));
  PARLEY_ASSIGN(range.limit, query.Limit());
  const int given =
      int{range.before.has_value()} + int{range.after.has_value()} + int{range.around.has_value()};
  if (given > 1) {
    const bool spare_before = range.before.has_value();
    return InvalidField(spare_before ? "before" : "after",
                        "give one of `before`, `after` and `around`");
  }
  return range;
}

Task<Result<HttpResponse>> ListMessages(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(const chat::MessageRange range, ReadRange(request->query));
  PARLEY_CO_ASSIGN(const MessagePage page,
                   co_await api->to.chat->ReadMessages(request->caller.user, id, range));
  co_return Json(200, wire::EncodeMessagePage(page));
}

Task<Result<HttpResponse>> ListChanges(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(const std::optional<Seq> after, request->query.FindSeq("after"));
  PARLEY_CO_ASSIGN(const std::size_t limit, request->query.Limit());
  if (!after) co_return InvalidField("after", "required: the seq that you have; 0 for none");
  PARLEY_CO_ASSIGN(const ChangePage page,
                   co_await api->to.chat->ReadChanges(request->caller.user, id, *after, limit));
  co_return Json(200, wire::EncodeChangePage(page));
}

Task<Result<HttpResponse>> MarkRead(const Api* api, Request* request) {
  PARLEY_CO_ASSIGN(const ConversationId id, PathConversation(*request));
  PARLEY_CO_ASSIGN(const wire::ReadRequest body,
                   wire::ParseRead(request->http.body, api->settings.limits.Get()));
  PARLEY_CO_TRY(co_await api->to.chat->MarkRead(request->caller.user, id, body.seq));
  co_return NoContent();
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/conversations/{id}/messages", Access::kSignedIn, Body::kJson, Send},
    {"GET", "/v1/conversations/{id}/messages", Access::kSignedIn, Body::kNone, ListMessages},
    {"GET", "/v1/conversations/{id}/changes", Access::kSignedIn, Body::kNone, ListChanges},
    {"PUT", "/v1/conversations/{id}/read", Access::kSignedIn, Body::kJson, MarkRead},
};

}  // namespace

std::span<const Route> MessagesRoutes() { return kRoutes; }

}  // namespace parley::http
