#pragma once

#include <optional>
#include <string>

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

/// The cursor of a list whose cursors are the ids of the last items shown.
template <class IdType>
Result<std::optional<IdType>> IdCursor(const chat::Page& page) {
  if (!page.cursor) return std::optional<IdType>();
  const std::optional<IdType> id = IdType::Parse(*page.cursor);
  if (!id) return InvalidField("cursor", "is not one of ours");
  return id;
}

/// Such an id as the cursor to hand out.
template <class IdType>
std::optional<std::string> TextOf(const std::optional<IdType>& id) {
  return id ? std::optional(id->ToString()) : std::nullopt;
}

/// The conversation that the path names first.
inline Result<ConversationId> PathConversation(const Request& request) {
  return PathId<ConversationId>(request, 0, "no such conversation");
}

}  // namespace parley::http
