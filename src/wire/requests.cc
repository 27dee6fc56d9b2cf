#include "wire/requests.h"

#include <limits>
#include <utility>

#include "model/validate.h"
#include "wire/json_reader.h"
#include "wire/parse_with.h"

namespace parley::wire {
namespace {

constexpr auto kOptional = FieldReader::kOptional;

void ReadDevice(FieldReader& in, std::string& device_name, TokenDelivery& delivery) {
  if (const auto name = in.String("device_name", kOptional)) {
    in.Check(ValidateDeviceName(*name));
    device_name = *name;
  }
  if (in.Bool("cookie", kOptional).value_or(false)) delivery = TokenDelivery::kCookie;
}

std::optional<HistoryPolicy> ReadHistory(FieldReader& in) {
  const auto name = in.String("history", kOptional);
  if (!name) return std::nullopt;
  if (*name == "joined") return HistoryPolicy::kJoined;
  if (*name == "all") return HistoryPolicy::kAll;
  in.Refuse("history", "must be \"joined\" or \"all\"");
  return std::nullopt;
}

std::optional<std::string> ReadTitle(FieldReader& in, const Limits& limits) {
  std::optional<std::string> title;
  if (const auto text = in.String("title", kOptional)) {
    in.Take(title, ValidateTitle(*text, limits));
  }
  return title;
}

/// A field for media, which this server does not have yet.
void RefuseMedia(FieldReader& in, std::string_view name) {
  if (in.Has(name)) in.Refuse(name, "media are not a feature of this server");
}

void ReadKind(FieldReader& in, CreateConversationRequest& request) {
  const auto kind = in.String("kind");
  if (!kind) return;
  if (*kind == "direct") {
    request.kind = ConversationKind::kDirect;
  } else if (*kind != "group") {
    in.Refuse("kind", "must be \"direct\" or \"group\"");
  }
}

void CheckDirect(FieldReader& in, const CreateConversationRequest& request) {
  if (request.kind != ConversationKind::kDirect) return;
  for (const std::string_view name : {"title", "history"}) {
    if (in.Has(name)) in.Refuse(name, "is for groups only");
  }
  if (in.ok() && request.member_ids.size() != 1) {
    in.Refuse("member_ids", "exactly one for a direct conversation");
  }
}

}  // namespace

Result<RegisterRequest> ParseRegister(std::string_view json, const Limits& limits) {
  return ParseWith<RegisterRequest>(json, [&](FieldReader& in, RegisterRequest& request) {
    if (const auto name = in.String("username")) {
      in.Take(request.username, ValidateUsername(*name));
    }
    if (const auto password = in.String("password")) {
      in.Check(ValidatePassword(*password));
      request.password = *password;
    }
    if (const auto name = in.String("display_name", kOptional)) {
      in.Take(request.display_name, ValidateDisplayName(*name, limits));
    }
    if (const auto email = in.String("email", kOptional)) {
      in.Check(ValidateEmail(*email));
      request.email = *email;
    }
    request.invite = in.String("invite", kOptional);
    ReadDevice(in, request.device_name, request.delivery);
  });
}

Result<LoginRequest> ParseLogin(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<LoginRequest>(json, [&](FieldReader& in, LoginRequest& request) {
    if (const auto name = in.String("username")) {
      Result<std::string> username = ValidateUsername(*name);
      if (username.ok()) request.username = *std::move(username);
    }
    if (const auto password = in.String("password")) request.password = *password;
    ReadDevice(in, request.device_name, request.delivery);
  });
}

Result<UpdateMeRequest> ParseUpdateMe(std::string_view json, const Limits& limits) {
  return ParseWith<UpdateMeRequest>(json, [&](FieldReader& in, UpdateMeRequest& request) {
    if (const auto name = in.String("display_name", kOptional)) {
      in.Take(request.display_name, ValidateDisplayName(*name, limits));
    }
    RefuseMedia(in, "avatar_media_id");
  });
}

Result<ChangePasswordRequest> ParseChangePassword(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<ChangePasswordRequest>(json,
                                          [&](FieldReader& in, ChangePasswordRequest& request) {
                                            request.old_password = in.String("old").value_or("");
                                            if (const auto password = in.String("new")) {
                                              in.Check(ValidatePassword(*password, "new"));
                                              request.new_password = *password;
                                            }
                                          });
}

Result<CreateConversationRequest> ParseCreateConversation(std::string_view json,
                                                          const Limits& limits) {
  return ParseWith<CreateConversationRequest>(
      json, [&](FieldReader& in, CreateConversationRequest& request) {
        ReadKind(in, request);
        request.member_ids = in.IdList<UserId>("member_ids", limits.group_members);
        request.title = ReadTitle(in, limits).value_or("");
        request.history = ReadHistory(in).value_or(HistoryPolicy::kJoined);
        request.client_id = in.IdField<ClientId>("client_id", kOptional);
        CheckDirect(in, request);
      });
}

Result<UpdateConversationRequest> ParseUpdateConversation(std::string_view json,
                                                          const Limits& limits) {
  return ParseWith<UpdateConversationRequest>(
      json, [&](FieldReader& in, UpdateConversationRequest& request) {
        request.title = ReadTitle(in, limits);
        request.history = ReadHistory(in);
        RefuseMedia(in, "photo_media_id");
        if (in.ok() && !request.title && !request.history) {
          in.Refuse("title", "nothing to change: give title or history");
        }
      });
}

Result<AddMembersRequest> ParseAddMembers(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<AddMembersRequest>(json, [&](FieldReader& in, AddMembersRequest& request) {
    // How many a group takes is a matter of who is in it already; the size of the body bounds
    // these.
    request.user_ids = in.IdList<UserId>("user_ids", std::numeric_limits<std::size_t>::max());
  });
}

Result<SetRoleRequest> ParseSetRole(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<SetRoleRequest>(json, [&](FieldReader& in, SetRoleRequest& request) {
    const auto role = in.String("role");
    if (!role) return;
    if (*role == "admin") {
      request.role = Role::kAdmin;
    } else if (*role != "member") {
      in.Refuse("role", "must be \"admin\" or \"member\"");
    }
  });
}

SendRequest ReadSendFields(FieldReader& in, const Limits& limits) {
  SendRequest request;
  if (const auto id = in.IdField<ClientId>("client_id")) request.client_id = *id;
  if (const auto media = in.Array("media_ids", kOptional);
      media && media->begin() != media->end()) {
    in.Refuse("media_ids", "media are not a feature of this server");
  }
  if (const auto text = in.String("text")) {
    in.Check(ValidateText(*text, limits));
    request.text = *text;
  }
  if (const auto seq = in.Integer("reply_to", 1, kOptional)) request.reply_to = Seq(*seq);
  return request;
}

Result<SendRequest> ParseSend(std::string_view json, const Limits& limits) {
  return ParseWith<SendRequest>(
      json, [&](FieldReader& in, SendRequest& request) { request = ReadSendFields(in, limits); });
}

Result<ReadRequest> ParseRead(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<ReadRequest>(json, [&](FieldReader& in, ReadRequest& request) {
    request.seq = Seq(in.Integer("seq", 1).value_or(0));
  });
}

Result<ClaimAdminRequest> ParseClaimAdmin(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<ClaimAdminRequest>(json, [&](FieldReader& in, ClaimAdminRequest& request) {
    request.token = in.String("token").value_or("");
  });
}

}  // namespace parley::wire
