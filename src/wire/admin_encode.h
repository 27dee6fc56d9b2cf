#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/administration.h"
#include "model/server_sample.h"
#include "model/user.h"
#include "wire/json_writer.h"

namespace parley::wire {

// What administration and invitations answer, as JSON; as in encode.h.

/// What making an account answers: {user, token, session, invited_by}.
std::string EncodeRegistered(const User& user, const Session& session,
                             const std::optional<std::string>& token);

/// Without the token: it is not known any more.
void WriteInvitation(JsonWriter& json, const Invitation& invitation);
/// With it.
std::string EncodeNewInvitation(const Invitation& invitation, std::string_view token,
                                std::string_view url);
/// For who holds the link: {inviter, expires_at}.
std::string EncodeInvite(const User& inviter, TimePoint expires_at);

std::string EncodePasswordReset(std::string_view token, std::string_view url, TimePoint expires_at);

std::string EncodeAdminSettings(RegistrationMode registration);

/// Somebody as administrators see them; `sessions`: how many devices are signed in.
void WritePerson(JsonWriter& json, const User& user, std::size_t sessions);
std::string EncodePerson(const User& user, std::size_t sessions);

/// `history` is not empty; its last sample is what is told as `now`.
std::string EncodeStats(const std::vector<ServerSample>& history, std::chrono::milliseconds uptime,
                        std::string_view version);

/// `admin`: who did it, or nobody.
void WriteAuditItem(JsonWriter& json, const AuditEntry& entry, const std::optional<User>& admin);

}  // namespace parley::wire
