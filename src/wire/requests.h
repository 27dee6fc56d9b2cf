#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "model/kinds.h"
#include "model/limits.h"

namespace parley::wire {

class FieldReader;

// The bodies of HTTP requests (api.md, docs), typed and checked in form. Every Parse answers
// kMalformed for what is not a JSON object (JsonDocument), and kInvalidArgument with all fields
// that are wrong: a type, a range, a missing one, an unknown one. An optional field that is null
// counts as absent. Whether the people and things that are named exist is for others to say.

/// How the token of a new session is handed over.
enum class TokenDelivery { kBody, kCookie };

struct RegisterRequest {
  std::string username;  ///< lower case
  std::string password;
  std::optional<std::string> display_name;
  std::optional<std::string> email;
  std::optional<std::string> invite;
  std::string device_name;
  TokenDelivery delivery = TokenDelivery::kBody;
};
Result<RegisterRequest> ParseRegister(std::string_view json, const Limits& limits);

/// Username and password are not checked in form: a wrong one is nothing but wrong.
struct LoginRequest {
  std::string username;  ///< lower case; empty where no account can have that name
  std::string password;
  std::string device_name;
  TokenDelivery delivery = TokenDelivery::kBody;
};
Result<LoginRequest> ParseLogin(std::string_view json, const Limits& limits);

struct UpdateMeRequest {
  std::optional<std::string> display_name;
};
Result<UpdateMeRequest> ParseUpdateMe(std::string_view json, const Limits& limits);

struct ChangePasswordRequest {
  std::string old_password;
  std::string new_password;
};
Result<ChangePasswordRequest> ParseChangePassword(std::string_view json, const Limits& limits);

struct CreateConversationRequest {
  ConversationKind kind = ConversationKind::kGroup;
  std::vector<UserId> member_ids;  ///< each once; exactly one where direct; may name the caller
  std::string title;               ///< empty: none
  HistoryPolicy history = HistoryPolicy::kJoined;
  std::optional<ClientId> client_id;
};
Result<CreateConversationRequest> ParseCreateConversation(std::string_view json,
                                                          const Limits& limits);

/// Fields without a value stay; at least one has a value.
struct UpdateConversationRequest {
  std::optional<std::string> title;  ///< empty: no title any more
  std::optional<HistoryPolicy> history;
};
Result<UpdateConversationRequest> ParseUpdateConversation(std::string_view json,
                                                          const Limits& limits);

struct AddMembersRequest {
  std::vector<UserId> user_ids;  ///< each once; may be empty
};
Result<AddMembersRequest> ParseAddMembers(std::string_view json, const Limits& limits);

struct SetRoleRequest {
  Role role = Role::kMember;
};
Result<SetRoleRequest> ParseSetRole(std::string_view json, const Limits& limits);

/// The content of a message; over the WebSocket too.
struct SendRequest {
  ClientId client_id;
  std::string text;
  std::optional<Seq> reply_to;

  bool operator==(const SendRequest&) const = default;
};
Result<SendRequest> ParseSend(std::string_view json, const Limits& limits);
/// The same out of a larger object; what is wrong is told to `in`.
SendRequest ReadSendFields(FieldReader& in, const Limits& limits);

struct ReadRequest {
  Seq seq;  ///< from 1
};
Result<ReadRequest> ParseRead(std::string_view json, const Limits& limits);

struct ClaimAdminRequest {
  std::string token;
};
Result<ClaimAdminRequest> ParseClaimAdmin(std::string_view json, const Limits& limits);

}  // namespace parley::wire
