#pragma once

#include "base/result.h"
#include "chat/chat_service.h"
#include "http/api.h"
#include "http/target.h"

namespace parley::http {

/// `limit` and `cursor` of a list.
inline Result<chat::Page> ReadPage(const Query& query) {
  chat::Page page;
  PARLEY_ASSIGN(page.limit, query.Limit());
  PARLEY_ASSIGN(page.cursor, query.Find("cursor"));
  return page;
}

/// The conversation that the path names first.
inline Result<ConversationId> PathConversation(const Request& request) {
  return PathId<ConversationId>(request, 0, "no such conversation");
}

}  // namespace parley::http
