#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/conversation.h"
#include "model/limits.h"
#include "model/user.h"
#include "model/views.h"
#include "wire/json_writer.h"

namespace parley::wire {

// The objects of the interface (api.md) as JSON. `Write…` appends one to a writer, `Encode…`
// answers it as a text of its own. Fields whose feature is not there yet have their resting value
// (null, empty, false). Pure, any thread, no errors.

std::string_view ConversationKindName(ConversationKind kind);  ///< "direct", "group"
std::string_view RoleName(Role role);                          ///< "member", "admin"
std::string_view HistoryPolicyName(HistoryPolicy history);     ///< "joined", "all"

// -- People ---------------------------------------------------------------------------------------

/// Who sees a user: that decides on the fields.
enum class UserDetail {
  kPublic,    ///< anybody
  kActivity,  ///< somebody who shares a conversation: last_active_at too, where known
  kSelf,      ///< oneself: all of it
};
void WriteUser(JsonWriter& json, const User& user, UserDetail detail);
std::string EncodeUser(const User& user, UserDetail detail);

/// `current`: the session that asks.
void WriteSession(JsonWriter& json, const Session& session, SessionId current);

/// The fields of EncodeSignIn alone, into an object that is begun.
void WriteSignInFields(JsonWriter& json, const User& user, const Session& session,
                       const std::optional<std::string>& token);
/// What signing in answers: {user, token, session}. Without a token where a cookie carries it.
std::string EncodeSignIn(const User& user, const Session& session,
                         const std::optional<std::string>& token);

// -- Conversations --------------------------------------------------------------------------------

void WriteConversation(JsonWriter& json, const ConversationView& view);
std::string EncodeConversation(const ConversationView& view);

/// An item of the member list: {user, role, joined_at, read_seq, delivered_seq}. Positions are
/// shown no further than `last_seq`.
void WriteMember(JsonWriter& json, const MemberView& member, Seq last_seq);

// -- The log --------------------------------------------------------------------------------------

/// The entry must be a message. Of a reply to something before `visible_from` only the seq is
/// shown.
void WriteMessage(JsonWriter& json, const Entry& entry, Seq visible_from);
std::string EncodeMessage(const Entry& entry, Seq visible_from);

/// An item of `changes` and `sync`.
void WriteChange(JsonWriter& json, const ChangeView& change);
std::string EncodeChange(const ChangeView& change);
/// The fields of a change alone, into an object that is begun.
void WriteChangeFields(JsonWriter& json, const ChangeView& change);

std::string EncodeMessagePage(const MessagePage& page);
std::string EncodeChangePage(const ChangePage& page);

// -- Lists, errors, the server --------------------------------------------------------------------

/// {items, next_cursor}; `write(json, item)` writes each.
///
///   EncodeList(sessions, cursor, [&](JsonWriter& json, const Session& session) {
///     WriteSession(json, session, current);
///   });
template <class Items, class Write>
std::string EncodeList(const Items& items, const std::optional<std::string>& next_cursor,
                       Write write) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject().Key("items").BeginArray();
    for (const auto& item : items) write(json, item);
    json.EndArray().Key("next_cursor");
    next_cursor ? json.String(*next_cursor) : json.Null();
    json.EndObject();
  });
}

/// application/problem+json (RFC 9457) with the HTTP status and code of error_code.h.
std::string EncodeProblem(const Status& status);
/// The same for an error that only HTTP knows (405, 415, 431, …).
std::string EncodeProblem(int http_status, std::string_view detail);

struct ServerInfo {
  std::string name;
  std::string version;
  std::vector<std::string> features;  ///< what is built: "accounts", "conversations", …
  Limits limits;
  std::string registration;  ///< "open", "invitation" or "closed"
};
std::string EncodeServerInfo(const ServerInfo& info);

}  // namespace parley::wire
