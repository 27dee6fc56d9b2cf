#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/account_store.h"
#include "storage/admin_store.h"
#include "storage/conversation_store.h"

namespace parley::storage::cached {

// Stores that hand every call to the one beneath, which must outlive them: what a cache starts from
// that concerns itself with a few of them.

class ForwardingAdmin : public AdminStore {
 public:
  explicit ForwardingAdmin(AdminStore& inner) : inner_(inner) {}

  runtime::Task<Result<AccountChanged>> ChangeAccount(UserId user, AccountChange change) override;
  runtime::Task<Status> CreateAdminClaim(TokenHash token_hash) override;
  runtime::Task<Result<User>> UseAdminClaim(TokenHash token_hash, UserId user,
                                            AuditEntry entry) override;
  runtime::Task<Status> CreateInvitation(Invitation invitation, std::size_t limit) override;
  runtime::Task<Result<Invitation>> FindInvitation(InvitationId id) override;
  runtime::Task<Result<Invitation>> FindInvitationByToken(TokenHash token_hash) override;
  runtime::Task<Result<std::vector<Invitation>>> ListInvitations(UserId user) override;
  runtime::Task<Status> DeleteInvitation(InvitationId id, std::optional<AuditEntry> entry) override;
  runtime::Task<Result<User>> CreateInvitedUser(User user, std::string password_hash,
                                                TokenHash invitation) override;
  runtime::Task<Status> CreatePasswordReset(PasswordReset reset, AuditEntry entry) override;
  runtime::Task<Result<PasswordReset>> FindPasswordReset(TokenHash token_hash) override;
  runtime::Task<Result<AccountChanged>> UsePasswordReset(TokenHash token_hash, TimePoint now,
                                                         std::string password_hash) override;
  runtime::Task<Result<std::optional<std::string>>> ReadSetting(std::string name) override;
  runtime::Task<Status> WriteSetting(std::string name, std::string value,
                                     AuditEntry entry) override;
  runtime::Task<Result<std::vector<AuditEntry>>> ListAudit(std::optional<AuditId> before,
                                                           std::size_t limit) override;
  runtime::Task<Status> DropAudit(TimePoint before) override;

 protected:
  AdminStore& inner_;
};

class ForwardingAccounts : public AccountStore {
 public:
  explicit ForwardingAccounts(AccountStore& inner) : inner_(inner) {}

  runtime::Task<Status> CreateUser(User user, std::string password_hash) override;
  runtime::Task<Result<User>> FindUser(UserId user) override;
  runtime::Task<Result<User>> ReadUser(UserId user) override;
  runtime::Task<Result<std::vector<User>>> FindUsers(std::vector<UserId> users) override;
  runtime::Task<Result<User>> FindUserByName(std::string username) override;
  runtime::Task<Result<User>> UpdateUser(UserId user, UserPatch patch) override;
  runtime::Task<Result<std::vector<User>>> SearchUsers(std::string prefix, std::size_t limit,
                                                       std::string after) override;
  runtime::Task<Result<std::string>> FindPasswordHash(UserId user) override;
  runtime::Task<Status> SetPasswordHash(UserId user, std::string password_hash) override;
  runtime::Task<Status> CreateSession(Session session) override;
  runtime::Task<Result<Session>> FindSession(TokenHash token_hash) override;
  runtime::Task<Result<std::vector<Session>>> ListSessions(UserId user) override;
  runtime::Task<Status> DeleteSession(UserId user, SessionId session) override;
  runtime::Task<Status> TouchSession(UserId user, SessionId session, TimePoint at) override;

 protected:
  AccountStore& inner_;
};

class ForwardingConversations : public ConversationStore {
 public:
  explicit ForwardingConversations(ConversationStore& inner) : inner_(inner) {}

  void Append(std::shared_ptr<const AppendRequest> request, AppendDone done) override;
  runtime::Task<Result<Seq>> ReadApplied(ConversationId conversation) override;
  runtime::Task<Status> ApplyEffects(ConversationId conversation, Effects effects,
                                     Seq through) override;
  runtime::Task<Result<std::vector<ConversationId>>> ListActive(std::int64_t minute,
                                                                std::uint32_t shard) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation, Seq after,
                                                           std::size_t limit,
                                                           std::size_t max_bytes) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadMessages(ConversationId conversation,
                                                            MessageSlice slice) override;
  runtime::Task<Result<SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                  ReadMode mode) override;
  runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations) override;
  runtime::Task<Result<std::vector<Roster>>> ReadRosters(
      std::vector<ConversationId> conversations) override;
  bool MayHaveSent(ConversationId conversation, UserId sender, ClientId client_id) override;
  runtime::Task<Result<std::optional<SentRow>>> FindSent(ConversationId conversation, UserId sender,
                                                         ClientId client_id,
                                                         TimePoint not_before) override;
  runtime::Task<Result<std::vector<Membership>>> ReadMemberships(UserId user) override;
  runtime::Task<Result<std::optional<Membership>>> FindMembership(
      UserId user, ConversationId conversation) override;
  runtime::Task<Result<std::vector<Position>>> ReadPositions(ConversationId conversation,
                                                             std::vector<Member> members) override;
  runtime::Task<Status> WritePositions(std::vector<PositionRow> rows) override;
  runtime::Task<Result<std::size_t>> CountMentions(UserId user, ConversationId conversation,
                                                   Seq after, std::size_t cap) override;

 protected:
  ConversationStore& inner_;
};

}  // namespace parley::storage::cached
