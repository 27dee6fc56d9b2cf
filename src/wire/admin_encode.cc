#include "wire/admin_encode.h"

#include "wire/encode.h"

namespace parley::wire {
namespace {

template <class IdType>
void WriteIdOrNull(JsonWriter& json, const std::optional<IdType>& id) {
  id ? json.Id(*id) : json.Null();
}

void WriteNumberOrNull(JsonWriter& json, const std::optional<double>& number) {
  number ? json.Number(*number) : json.Null();
}

void WriteInvitationFields(JsonWriter& json, const Invitation& invitation) {
  json.Key("id").Id(invitation.id).Key("created_at").Time(invitation.created_at);
  json.Key("created_by").Id(invitation.created_by);
  json.Key("expires_at").Time(invitation.expires_at);
  json.Key("max_uses").Int(invitation.max_uses).Key("used").Int(invitation.used);
}

void WriteSampleFields(JsonWriter& json, const ServerSample& sample) {
  json.Key("at").Time(sample.at).Key("connections").Int(sample.connections);
  json.Key("messages_per_second").Number(sample.messages_per_second);
  json.Key("deliveries_per_second").Number(sample.deliveries_per_second);
  json.Key("commit_p50_ms");
  WriteNumberOrNull(json, sample.commit_p50_ms);
  json.Key("commit_p99_ms");
  WriteNumberOrNull(json, sample.commit_p99_ms);
  json.Key("storage_bytes").Int(sample.storage_bytes);
  json.Key("memory_bytes").Int(sample.memory_bytes);
}

}  // namespace

std::string EncodeRegistered(const User& user, const Session& session,
                             const std::optional<std::string>& token) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject();
    WriteSignInFields(json, user, session, token);
    json.Key("invited_by");
    WriteIdOrNull(json, user.invited_by);
    json.EndObject();
  });
}

void WriteInvitation(JsonWriter& json, const Invitation& invitation) {
  json.BeginObject();
  WriteInvitationFields(json, invitation);
  json.EndObject();
}

std::string EncodeNewInvitation(const Invitation& invitation, std::string_view token,
                                std::string_view url) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject();
    WriteInvitationFields(json, invitation);
    json.Key("token").String(token).Key("url").String(url).EndObject();
  });
}

std::string EncodeInvite(const User& inviter, TimePoint expires_at) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject().Key("inviter");
    WriteUser(json, inviter, UserDetail::kPublic);
    json.Key("expires_at").Time(expires_at).EndObject();
  });
}

std::string EncodePasswordReset(std::string_view token, std::string_view url,
                                TimePoint expires_at) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject().Key("token").String(token).Key("url").String(url);
    json.Key("expires_at").Time(expires_at).EndObject();
  });
}

std::string EncodeAdminSettings(RegistrationMode registration) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject().Key("registration").String(RegistrationModeName(registration)).EndObject();
  });
}

void WritePerson(JsonWriter& json, const User& user, std::size_t sessions) {
  json.BeginObject().Key("user");
  WriteUser(json, user, UserDetail::kPublic);
  json.Key("admin").Bool(user.admin).Key("disabled").Bool(user.disabled);
  json.Key("created_at").Time(user.created_at).Key("last_active_at");
  user.last_active_at ? json.Time(*user.last_active_at) : json.Null();
  json.Key("sessions").Int(sessions).Key("invited_by");
  WriteIdOrNull(json, user.invited_by);
  json.EndObject();
}

std::string EncodePerson(const User& user, std::size_t sessions) {
  return ToJson([&](JsonWriter& json) { WritePerson(json, user, sessions); });
}

std::string EncodeStats(const std::vector<ServerSample>& history, std::chrono::milliseconds uptime,
                        std::string_view version) {
  return ToJson([&](JsonWriter& json) {
    json.BeginObject().Key("now").BeginObject();
    WriteSampleFields(json, history.back());
    json.Key("uptime_ms").Int(uptime.count()).Key("version").String(version).EndObject();
    json.Key("history").BeginArray();
    for (const ServerSample& sample : history) {
      json.BeginObject();
      WriteSampleFields(json, sample);
      json.EndObject();
    }
    json.EndArray().EndObject();
  });
}

void WriteAuditItem(JsonWriter& json, const AuditEntry& entry, const std::optional<User>& admin) {
  json.BeginObject().Key("id").Id(entry.id).Key("at").Time(entry.at).Key("admin");
  if (admin) {
    WriteUser(json, *admin, UserDetail::kPublic);
  } else {
    json.Null();
  }
  json.Key("action").String(AuditActionName(entry.action)).Key("target");
  WriteIdOrNull(json, entry.target);
  json.Key("detail").BeginObject();
  for (const AuditDetail& detail : entry.detail) json.TextKey(detail.name).String(detail.value);
  json.EndObject().EndObject();
}

}  // namespace parley::wire
