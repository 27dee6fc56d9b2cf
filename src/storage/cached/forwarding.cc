#include "storage/cached/forwarding.h"

#include <utility>

namespace parley::storage::cached {

// -- Administration -------------------------------------------------------------------------------

runtime::Task<Result<AccountChanged>> ForwardingAdmin::ChangeAccount(UserId user,
                                                                     AccountChange change) {
  return inner_.ChangeAccount(user, std::move(change));
}

runtime::Task<Result<User>> ForwardingAdmin::UseAdminClaim(TokenHash token_hash, UserId user,
                                                           AuditEntry entry) {
  return inner_.UseAdminClaim(token_hash, user, std::move(entry));
}

runtime::Task<Result<User>> ForwardingAdmin::CreateInvitedUser(User user, std::string password_hash,
                                                               TokenHash invitation) {
  return inner_.CreateInvitedUser(std::move(user), std::move(password_hash), invitation);
}

runtime::Task<Result<AccountChanged>> ForwardingAdmin::UsePasswordReset(TokenHash token_hash,
                                                                        TimePoint now,
                                                                        std::string password_hash) {
  return inner_.UsePasswordReset(token_hash, now, std::move(password_hash));
}

runtime::Task<Status> ForwardingAdmin::CreateAdminClaim(TokenHash token_hash) {
  return inner_.CreateAdminClaim(token_hash);
}

runtime::Task<Status> ForwardingAdmin::CreateInvitation(Invitation invitation, std::size_t limit) {
  return inner_.CreateInvitation(invitation, limit);
}

runtime::Task<Result<Invitation>> ForwardingAdmin::FindInvitation(InvitationId id) {
  return inner_.FindInvitation(id);
}

runtime::Task<Result<Invitation>> ForwardingAdmin::FindInvitationByToken(TokenHash token_hash) {
  return inner_.FindInvitationByToken(token_hash);
}

runtime::Task<Result<std::vector<Invitation>>> ForwardingAdmin::ListInvitations(UserId user) {
  return inner_.ListInvitations(user);
}

runtime::Task<Status> ForwardingAdmin::DeleteInvitation(InvitationId id,
                                                        std::optional<AuditEntry> entry) {
  return inner_.DeleteInvitation(id, std::move(entry));
}

runtime::Task<Status> ForwardingAdmin::CreatePasswordReset(PasswordReset reset, AuditEntry entry) {
  return inner_.CreatePasswordReset(reset, std::move(entry));
}

runtime::Task<Result<PasswordReset>> ForwardingAdmin::FindPasswordReset(TokenHash token_hash) {
  return inner_.FindPasswordReset(token_hash);
}

runtime::Task<Result<std::optional<std::string>>> ForwardingAdmin::ReadSetting(std::string name) {
  return inner_.ReadSetting(std::move(name));
}

runtime::Task<Status> ForwardingAdmin::WriteSetting(std::string name, std::string value,
                                                    AuditEntry entry) {
  return inner_.WriteSetting(std::move(name), std::move(value), std::move(entry));
}

runtime::Task<Result<std::vector<AuditEntry>>> ForwardingAdmin::ListAudit(
    std::optional<AuditId> before, std::size_t limit) {
  return inner_.ListAudit(before, limit);
}

runtime::Task<Status> ForwardingAdmin::DropAudit(TimePoint before) {
  return inner_.DropAudit(before);
}

// -- Accounts ------------------------------------------------------------------------------------

runtime::Task<Status> ForwardingAccounts::CreateUser(User user, std::string password_hash) {
  return inner_.CreateUser(std::move(user), std::move(password_hash));
}

runtime::Task<Result<User>> ForwardingAccounts::FindUser(UserId user) {
  return inner_.FindUser(user);
}

runtime::Task<Result<User>> ForwardingAccounts::ReadUser(UserId user) {
  return inner_.ReadUser(user);
}

runtime::Task<Result<std::vector<User>>> ForwardingAccounts::FindUsers(std::vector<UserId> users) {
  return inner_.FindUsers(std::move(users));
}

runtime::Task<Result<User>> ForwardingAccounts::FindUserByName(std::string username) {
  return inner_.FindUserByName(std::move(username));
}

runtime::Task<Result<User>> ForwardingAccounts::UpdateUser(UserId user, UserPatch patch) {
  return inner_.UpdateUser(user, std::move(patch));
}

runtime::Task<Result<std::vector<User>>> ForwardingAccounts::SearchUsers(std::string prefix,
                                                                         std::size_t limit,
                                                                         std::string after) {
  return inner_.SearchUsers(std::move(prefix), limit, std::move(after));
}

runtime::Task<Result<std::string>> ForwardingAccounts::FindPasswordHash(UserId user) {
  return inner_.FindPasswordHash(user);
}

runtime::Task<Status> ForwardingAccounts::SetPasswordHash(UserId user, std::string password_hash) {
  return inner_.SetPasswordHash(user, std::move(password_hash));
}

runtime::Task<Status> ForwardingAccounts::CreateSession(Session session) {
  return inner_.CreateSession(std::move(session));
}

runtime::Task<Result<Session>> ForwardingAccounts::FindSession(TokenHash token_hash) {
  return inner_.FindSession(token_hash);
}

runtime::Task<Result<std::vector<Session>>> ForwardingAccounts::ListSessions(UserId user) {
  return inner_.ListSessions(user);
}

runtime::Task<Status> ForwardingAccounts::DeleteSession(UserId user, SessionId session) {
  return inner_.DeleteSession(user, session);
}

runtime::Task<Status> ForwardingAccounts::TouchSession(UserId user, SessionId session,
                                                       TimePoint at) {
  return inner_.TouchSession(user, session, at);
}

// -- Conversations -------------------------------------------------------------------------------

void ForwardingConversations::Append(std::shared_ptr<const AppendRequest> request,
                                     AppendDone done) {
  inner_.Append(std::move(request), std::move(done));
}

runtime::Task<Result<Seq>> ForwardingConversations::ReadApplied(ConversationId conversation) {
  return inner_.ReadApplied(conversation);
}

runtime::Task<Status> ForwardingConversations::ApplyEffects(ConversationId conversation,
                                                            Effects effects, Seq through) {
  return inner_.ApplyEffects(conversation, std::move(effects), through);
}

runtime::Task<Result<std::vector<ConversationId>>> ForwardingConversations::ListActive(
    std::int64_t minute, std::uint32_t shard) {
  return inner_.ListActive(minute, shard);
}

runtime::Task<Result<std::vector<EntryPtr>>> ForwardingConversations::ReadEntries(
    ConversationId conversation, Seq after, std::size_t limit, std::size_t max_bytes) {
  return inner_.ReadEntries(conversation, after, limit, max_bytes);
}

runtime::Task<Result<std::vector<EntryPtr>>> ForwardingConversations::ReadMessages(
    ConversationId conversation, MessageSlice slice) {
  return inner_.ReadMessages(conversation, slice);
}

runtime::Task<Result<SnapshotPtr>> ForwardingConversations::ReadSnapshot(
    ConversationId conversation, ReadMode mode) {
  return inner_.ReadSnapshot(conversation, mode);
}

runtime::Task<Result<std::vector<SnapshotPtr>>> ForwardingConversations::ReadSnapshots(
    std::vector<ConversationId> conversations) {
  return inner_.ReadSnapshots(std::move(conversations));
}

runtime::Task<Result<std::vector<Roster>>> ForwardingConversations::ReadRosters(
    std::vector<ConversationId> conversations) {
  return inner_.ReadRosters(std::move(conversations));
}

bool ForwardingConversations::MayHaveSent(ConversationId conversation, UserId sender,
                                          ClientId client_id) {
  return inner_.MayHaveSent(conversation, sender, client_id);
}

runtime::Task<Result<std::optional<SentRow>>> ForwardingConversations::FindSent(
    ConversationId conversation, UserId sender, ClientId client_id, TimePoint not_before) {
  return inner_.FindSent(conversation, sender, client_id, not_before);
}

runtime::Task<Result<std::vector<Membership>>> ForwardingConversations::ReadMemberships(
    UserId user) {
  return inner_.ReadMemberships(user);
}

runtime::Task<Result<std::optional<Membership>>> ForwardingConversations::FindMembership(
    UserId user, ConversationId conversation) {
  return inner_.FindMembership(user, conversation);
}

runtime::Task<Result<std::vector<Position>>> ForwardingConversations::ReadPositions(
    ConversationId conversation, std::vector<Member> members) {
  return inner_.ReadPositions(conversation, std::move(members));
}

runtime::Task<Status> ForwardingConversations::WritePositions(std::vector<PositionRow> rows) {
  return inner_.WritePositions(std::move(rows));
}

runtime::Task<Result<std::size_t>> ForwardingConversations::CountMentions(
    UserId user, ConversationId conversation, Seq after, std::size_t cap) {
  return inner_.CountMentions(user, conversation, after, cap);
}

}  // namespace parley::storage::cached
