#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "storage/testing/sample.h"
#include "wire/records.h"

// What a store answers of a sample.
namespace parley::storage {
namespace {

constexpr std::size_t kAll = 100'000;

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
  return hex;
}

/// The very bytes that are stored of it.
template <class Stored>
std::string BytesOf(const Stored& value) {
  std::string bytes;
  wire::AppendRecord(bytes, value);
  return Hex(bytes);
}

/// `describe` of the value, or the error.
template <class T, class Describe>
std::string Line(std::string_view what, const Result<T>& result, Describe describe) {
  return fmt::format("{}: {}", what, result.ok() ? describe(*result) : result.status().ToString());
}

std::string OfSession(const Session& session) {
  return BytesOf(session) + " " +
         Hex({reinterpret_cast<const char*>(session.token_hash.data()), session.token_hash.size()});
}

std::string OfMembership(const Membership& membership) {
  return fmt::format("{} {} read {} {} delivered {} changed {}", membership.conversation.ToString(),
                     BytesOf(wire::MemberRecord{.seq = {}, .at = {}, .member = membership.member}),
                     membership.position.read.value(), membership.position.read_n,
                     membership.position.delivered.value(), ToMillis(membership.changed_at));
}

std::string OfSent(const std::optional<SentRow>& sent) {
  if (!sent) return "none";
  return BytesOf(
      wire::SentRecord{.seq = sent->seq, .fingerprint = sent->fingerprint, .at = sent->at});
}

std::string OfSnapshot(const SnapshotPtr& snapshot) {
  std::string line =
      BytesOf(snapshot->head) + " " + BytesOf(wire::InfoRecord{.seq = {}, .info = snapshot->info});
  for (const Member& member : *snapshot->members) {
    line += " " + member.user.ToString() + " " +
            BytesOf(wire::MemberRecord{.seq = {}, .at = {}, .member = member});
  }
  if (snapshot->last_message != nullptr) line += " " + BytesOf(*snapshot->last_message);
  return line;
}

std::string OfEntries(const std::vector<EntryPtr>& entries) {
  std::string lines = std::to_string(entries.size());
  for (const EntryPtr& entry : entries) {
    lines += fmt::format("\n  {} {}", entry->seq.value(), BytesOf(*entry));
  }
  return lines;
}

}  // namespace

std::vector<std::string> Sample::Describe(Store& store) {
  std::vector<std::string> lines;
  DescribePeople(store, lines);
  DescribeAdministration(store, lines);
  for (const LogBuilder& log : logs_) DescribeConversation(store, log, lines);
  return lines;
}

void Sample::DescribePeople(Store& store, std::vector<std::string>& lines) {
  AccountStore& accounts = store.accounts();
  const auto of_user = [](const User& user) { return user.username + " " + BytesOf(user); };
  const auto of_users = [&](const std::vector<User>& users) {
    std::string line;
    for (const User& user : users) line += " " + of_user(user);
    return line;
  };
  for (const User& user : users_) {
    lines.push_back(Line("user", Run(accounts.FindUser(user.id)), of_user));
    lines.push_back(Line("by name", Run(accounts.FindUserByName(user.username)), of_user));
    lines.push_back(Line("password", Run(accounts.FindPasswordHash(user.id)),
                         [](const std::string& hash) { return hash; }));
    lines.push_back(Line("sessions", Run(accounts.ListSessions(user.id)),
                         [](const std::vector<Session>& sessions) {
                           std::string line;
                           for (const Session& session : sessions) line += " " + OfSession(session);
                           return line;
                         }));
    lines.push_back(Line("memberships", Run(store.conversations().ReadMemberships(user.id)),
                         [](std::vector<Membership> memberships) {
                           std::ranges::sort(memberships, {}, &Membership::conversation);
                           std::string line;
                           for (const Membership& each : memberships)
                             line += "\n  " + OfMembership(each);
                           return line;
                         }));
  }
  for (const Session& session : sessions_) {
    lines.push_back(Line("session", Run(accounts.FindSession(session.token_hash)), OfSession));
  }
  for (const char* const prefix :
       {"", "p", "p3", "per", "somebody", "öz", "else", "guest", "late", "new"}) {
    lines.push_back(Line(fmt::format("search {}", prefix),
                         Run(accounts.SearchUsers(prefix, 50, "")), of_users));
  }
}

void Sample::DescribeAdministration(Store& store, std::vector<std::string>& lines) {
  AdminStore& admin = store.admin();
  const auto of_invitation = [](const Invitation& invitation) { return BytesOf(invitation); };
  const auto of_reset = [](const PasswordReset& reset) { return BytesOf(reset); };
  for (const Invitation& invitation : invitations_) {
    lines.push_back(Line("invitation", Run(admin.FindInvitation(invitation.id)), of_invitation));
    lines.push_back(Line("invitation by token",
                         Run(admin.FindInvitationByToken(invitation.token_hash)), of_invitation));
    lines.push_back(Line("invitations", Run(admin.ListInvitations(invitation.created_by)),
                         [&](const std::vector<Invitation>& all) {
                           std::string line;
                           for (const Invitation& each : all) line += " " + of_invitation(each);
                           return line;
                         }));
  }
  for (const TokenHash& reset : resets_) {
    lines.push_back(Line("reset", Run(admin.FindPasswordReset(reset)), of_reset));
  }
  lines.push_back(
      Line("registration", Run(admin.ReadSetting("registration")),
           [](const std::optional<std::string>& value) { return value.value_or("-"); }));
  lines.push_back(Line("audit", Run(admin.ListAudit(std::nullopt, kAll)),
                       [](const std::vector<AuditEntry>& entries) {
                         std::string line;
                         for (const AuditEntry& entry : entries) {
                           line += "\n  " + entry.id.ToString() + " " + BytesOf(entry);
                         }
                         return line;
                       }));
  for (const char* const name : {"fingerprints", "cursors"}) {
    lines.push_back(
        Line(name, Run(store.meta().GetOrCreateKey(name, SecretKey{})), [](const SecretKey& key) {
          return Hex({reinterpret_cast<const char*>(key.data()), key.size()});
        }));
  }
  lines.push_back(Line("time", Run(store.meta().ReadTime()),
                       [](TimePoint time) { return std::to_string(ToMillis(time)); }));
}

void Sample::DescribeConversation(Store& store, const LogBuilder& log,
                                  std::vector<std::string>& lines) {
  ConversationStore& conversations = store.conversations();
  for (const ReadMode mode : {ReadMode::kCached, ReadMode::kFresh}) {
    lines.push_back(Line("snapshot", Run(conversations.ReadSnapshot(log.id(), mode)), OfSnapshot));
  }
  lines.push_back(Line("entries",
                       Run(conversations.ReadEntries(log.id(), Seq(), kAll, std::size_t{1} << 30)),
                       OfEntries));
  for (const std::uint64_t anchor : {1'500U, 1'001U, 25U}) {
    const MessageSlice slice{
        .direction = MessageSlice::Direction::kBefore, .anchor = Seq(anchor), .limit = 100};
    lines.push_back(Line("page", Run(conversations.ReadMessages(log.id(), slice)), OfEntries));
  }
  lines.push_back(Line("positions", Run(conversations.ReadPositions(log.id(), log.members())),
                       [](const std::vector<Position>& positions) {
                         std::string line;
                         for (const Position& each : positions) {
                           line += fmt::format(" {} {} {}", each.read.value(), each.read_n,
                                               each.delivered.value());
                         }
                         return line;
                       }));
  for (const EntryPtr& entry : log.entries()) {
    const auto* message = std::get_if<MessageBody>(&entry->body);
    if (message == nullptr || entry->seq.value() % 5 != 0) continue;
    lines.push_back(
        Line("sent",
             Run(conversations.FindSent(log.id(), entry->actor, message->client_id, TimePoint())),
             OfSent));
  }
  for (const UserId& user : {users_[0].id, users_[1].id, users_[2].id}) {
    lines.push_back(Line("mentions", Run(conversations.CountMentions(user, log.id(), Seq(3), kAll)),
                         [](std::size_t count) { return std::to_string(count); }));
  }
}

}  // namespace parley::storage
