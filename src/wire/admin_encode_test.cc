#include "wire/admin_encode.h"

#include <gtest/gtest.h>

#include "wire/encode.h"
#include "wire/testing/golden.h"
#include "wire/testing/samples.h"

namespace parley::wire {
namespace {

constexpr char kUrl[] = "https://chat.example/invite/pi_secret";

Invitation AnyInvitation() {
  Invitation invitation;
  invitation.id = samples::MakeId<InvitationId>("71");
  invitation.created_by = samples::kAnn;
  invitation.created_at = samples::kTime;
  invitation.expires_at = samples::kTime + std::chrono::hours(24 * 7);
  invitation.max_uses = 5;
  invitation.used = 2;
  return invitation;
}

ServerSample AnySample() {
  ServerSample sample;
  sample.at = samples::kTime;
  sample.connections = 12;
  sample.messages_per_second = 3.4;
  sample.deliveries_per_second = 20;
  sample.commit_p50_ms = 1.25;
  sample.commit_p99_ms = 4.5;
  sample.storage_bytes = 1'048'576;
  sample.memory_bytes = 52'428'800;
  return sample;
}

AuditEntry AnyEntry() {
  AuditEntry entry;
  entry.id = samples::MakeId<AuditId>("81");
  entry.at = samples::kTime;
  entry.admin = samples::kAnn;
  entry.action = AuditAction::kPersonDisable;
  entry.target = samples::kBo;
  return entry;
}

TEST(EncodeRegistered, Invited_IsGolden) {
  User bo = samples::Bo();
  bo.invited_by = samples::kAnn;
  Session phone = samples::Phone();
  phone.user = bo.id;
  ExpectGolden("object_registered", EncodeRegistered(bo, phone, "pt_secret"));
}

TEST(EncodeRegistered, WithoutInvitationByCookie_HasNullAndNoToken) {
  const std::string json = EncodeRegistered(samples::Bo(), samples::Phone(), std::nullopt);
  EXPECT_NE(json.find(R"("invited_by":null)"), std::string::npos) << json;
  EXPECT_EQ(json.find("token"), std::string::npos) << json;
}

TEST(EncodeInvitation, EachForm_IsGolden) {
  ExpectGolden("object_invitation_new", EncodeNewInvitation(AnyInvitation(), "pi_secret", kUrl));
  ExpectGolden("object_invitation_list",
               EncodeList(std::vector{AnyInvitation()}, std::nullopt,
                          [](JsonWriter& json, const Invitation& invitation) {
                            WriteInvitation(json, invitation);
                          }));
  ExpectGolden("object_invite", EncodeInvite(samples::Ann(), AnyInvitation().expires_at));
}

TEST(EncodePasswordReset, IsGolden) {
  ExpectGolden("object_password_reset",
               EncodePasswordReset("pr_secret", "https://chat.example/reset/pr_secret",
                                   samples::kTime + std::chrono::hours(24)));
}

TEST(EncodeAdminSettings, IsGolden) {
  ExpectGolden("object_admin_settings", EncodeAdminSettings(RegistrationMode::kInvitation));
}

TEST(EncodePerson, IsGolden) {
  User bo = samples::Bo();
  bo.disabled = true;
  bo.invited_by = samples::kAnn;
  ExpectGolden("object_person", EncodePerson(samples::Ann(), 2));
  ExpectGolden("object_person_disabled", EncodePerson(bo, 0));
}

TEST(EncodeStats, NowIsTheLast_IsGolden) {
  ServerSample later = AnySample();
  later.at += std::chrono::seconds(5);
  later.commit_p50_ms.reset();
  later.commit_p99_ms.reset();
  ExpectGolden("object_stats",
               EncodeStats({AnySample(), later}, std::chrono::minutes(10), "0.1.0"));
}

TEST(EncodeAudit, ByAdminAndByCommandLine_IsGolden) {
  AuditEntry setting = AnyEntry();
  setting.action = AuditAction::kSettingsRegistration;
  setting.target.reset();
  setting.detail = {{"from", "open"}, {"to", "closed"}};
  AuditEntry granted = AnyEntry();
  granted.admin.reset();
  granted.action = AuditAction::kAdminGrant;
  ExpectGolden("object_audit_list", EncodeList(std::vector{AnyEntry(), setting, granted}, "next",
                                               [](JsonWriter& json, const AuditEntry& entry) {
                                                 WriteAuditItem(json, entry,
                                                                entry.admin
                                                                    ? std::optional(samples::Ann())
                                                                    : std::nullopt);
                                               }));
}

}  // namespace
}  // namespace parley::wire
