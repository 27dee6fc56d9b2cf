#include "wire/admin_requests.h"

#include <utility>

#include "model/validate.h"
#include "wire/json_reader.h"
#include "wire/parse_with.h"

namespace parley::wire {
namespace {

constexpr auto kOptional = FieldReader::kOptional;

}  // namespace

Result<InvitationBody> ParseInvitation(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<InvitationBody>(json, [](FieldReader& in, InvitationBody& body) {
    body.max_uses = in.Integer("max_uses", 1, kOptional);
    if (const auto life = in.Integer("expires_in_ms", 1, kOptional)) {
      body.expires_in = std::chrono::milliseconds(*life);
    }
  });
}

Result<PasswordResetBody> ParsePasswordReset(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<PasswordResetBody>(json, [](FieldReader& in, PasswordResetBody& body) {
    body.token = in.String("token").value_or("");
    if (const auto password = in.String("password")) {
      in.Check(ValidatePassword(*password));
      body.password = *password;
    }
  });
}

Result<AdminSettingsBody> ParseAdminSettings(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<AdminSettingsBody>(json, [](FieldReader& in, AdminSettingsBody& body) {
    const auto name = in.String("registration");
    if (!name) return;
    if (const auto mode = ParseRegistrationMode(*name)) {
      body.registration = *mode;
    } else {
      in.Refuse("registration", "must be \"open\", \"invitation\" or \"closed\"");
    }
  });
}

Result<UpdatePersonBody> ParseUpdatePerson(std::string_view json, const Limits& /*limits*/) {
  return ParseWith<UpdatePersonBody>(json, [](FieldReader& in, UpdatePersonBody& body) {
    body.disabled = in.Bool("disabled", kOptional);
    body.admin = in.Bool("admin", kOptional);
    if (in.ok() && !body.disabled && !body.admin) {
      in.Refuse("disabled", "nothing to change: give disabled or admin");
    }
  });
}

}  // namespace parley::wire
