// The bodies of HTTP requests: every Parse… of wire/requests.h, and the JSON reader beneath.

#include <chrono>
#include <set>
#include <string>
#include <simdjson.h>

#include "fuzz/check.h"
#include "model/validate.h"
#include "wire/admin_requests.h"
#include "wire/json_reader.h"
#include "wire/requests.h"

namespace parley::wire {
namespace {

void CheckRequest(const RegisterRequest& request) {
  FUZZ_CHECK(ValidateUsername(request.username).ok());
  FUZZ_CHECK(*ValidateUsername(request.username) == request.username);
  FUZZ_CHECK(ValidatePassword(request.password).ok());
  FUZZ_CHECK(ValidateDeviceName(request.device_name).ok());
  if (request.display_name) FUZZ_CHECK(ValidateDisplayName(*request.display_name, Limits()).ok());
  if (request.email) FUZZ_CHECK(ValidateEmail(*request.email).ok());
}
void CheckRequest(const LoginRequest& request) {
  FUZZ_CHECK(request.username.empty() || ValidateUsername(request.username).ok());
  FUZZ_CHECK(ValidateDeviceName(request.device_name).ok());
}
void CheckRequest(const UpdateMeRequest& request) {
  if (request.display_name) FUZZ_CHECK(ValidateDisplayName(*request.display_name, Limits()).ok());
}
void CheckRequest(const ChangePasswordRequest& request) {
  FUZZ_CHECK(ValidatePassword(request.new_password).ok());
}
void CheckRequest(const CreateConversationRequest& request) {
  FUZZ_CHECK(ValidateTitle(request.title, Limits()).ok());
  FUZZ_CHECK(request.member_ids.size() <= Limits().group_members);
  if (request.kind == ConversationKind::kDirect) FUZZ_CHECK(request.member_ids.size() == 1);
  const std::set<UserId> named(request.member_ids.begin(), request.member_ids.end());
  FUZZ_CHECK(named.size() == request.member_ids.size());
}
void CheckRequest(const UpdateConversationRequest& request) {
  FUZZ_CHECK(request.title || request.history);
  if (request.title) FUZZ_CHECK(ValidateTitle(*request.title, Limits()).ok());
}
void CheckRequest(const AddMembersRequest& request) {
  const std::set<UserId> named(request.user_ids.begin(), request.user_ids.end());
  FUZZ_CHECK(named.size() == request.user_ids.size());
}
void CheckRequest(const SendRequest& request) {
  FUZZ_CHECK(ValidateText(request.text, Limits()).ok());
}
void CheckRequest(const ReadRequest& request) { FUZZ_CHECK(request.seq > Seq()); }
void CheckRequest(const SetRoleRequest& /*request*/) {}
void CheckRequest(const ClaimAdminRequest& /*request*/) {}
void CheckRequest(const InvitationBody& body) {
  FUZZ_CHECK(body.max_uses.value_or(1) >= 1);
  FUZZ_CHECK(body.expires_in.value_or(std::chrono::milliseconds(1)).count() >= 1);
}
void CheckRequest(const PasswordResetBody& body) {
  FUZZ_CHECK(ValidatePassword(body.password).ok());
}
void CheckRequest(const AdminSettingsBody& /*body*/) {}
void CheckRequest(const UpdatePersonBody& body) { FUZZ_CHECK(body.disabled || body.admin); }

/// What is no JSON is malformed for all of them; what is, for none.
template <class Request>
void Check(Result<Request> (*parse)(std::string_view, const Limits&), std::string_view json,
           bool is_json) {
  const Result<Request> request = parse(json, Limits());
  if (request.ok()) {
    FUZZ_CHECK(is_json);
    CheckRequest(*request);
  } else {
    FUZZ_CHECK(request.status().code() ==
               (is_json ? StatusCode::kInvalidArgument : StatusCode::kMalformed));
  }
}

void CheckValue(const JsonValue& value, std::size_t depth);

/// Values of an accepted document keep to the rules, at every depth.
void CheckObject(const JsonObject& object, std::size_t depth) {
  FUZZ_CHECK(depth <= kMaxJsonDepth);
  std::set<std::string_view> names;
  for (const auto& [name, member] : object) {
    FUZZ_CHECK(names.insert(name).second);
    FUZZ_CHECK(simdjson::validate_utf8(name));
    CheckValue(member, depth + 1);
  }
}

void CheckValue(const JsonValue& value, std::size_t depth) {
  FUZZ_CHECK(depth <= kMaxJsonDepth + 1);  // of a number or text in the deepest array
  if (value.is_object()) {
    CheckObject(value, depth);
  } else if (value.is_array()) {
    for (const JsonValue member : JsonArray(value)) CheckValue(member, depth + 1);
  } else if (value.is_string()) {
    FUZZ_CHECK(simdjson::validate_utf8(std::string_view(value)));
  } else if (const auto integer = ToInteger(value, 0)) {
    FUZZ_CHECK(*integer <= kMaxJsonInteger);
  }
}

}  // namespace
}  // namespace parley::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::wire;
  const std::string_view json = parley::fuzz::AsText(data, size);
  const auto document = JsonDocument::Parse(json);
  if (document.ok()) {
    CheckObject(document->root(), 1);
    // The same document without white space is accepted too.
    FUZZ_CHECK(JsonDocument::Parse(simdjson::minify(document->root())).ok());
  }
  const bool is_json = document.ok();
  Check(ParseRegister, json, is_json);
  Check(ParseLogin, json, is_json);
  Check(ParseUpdateMe, json, is_json);
  Check(ParseChangePassword, json, is_json);
  Check(ParseCreateConversation, json, is_json);
  Check(ParseUpdateConversation, json, is_json);
  Check(ParseAddMembers, json, is_json);
  Check(ParseSetRole, json, is_json);
  Check(ParseSend, json, is_json);
  Check(ParseRead, json, is_json);
  Check(ParseClaimAdmin, json, is_json);
  Check(ParseInvitation, json, is_json);
  Check(ParsePasswordReset, json, is_json);
  Check(ParseAdminSettings, json, is_json);
  Check(ParseUpdatePerson, json, is_json);
  return 0;
}
