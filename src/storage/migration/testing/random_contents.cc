#include "storage/migration/testing/random_contents.h"

#include <random>
#include <string>
#include <utility>

#include "wire/records.h"

namespace parley::storage::migration {
namespace {

template <class Stored>
std::string BytesOf(const Stored& value) {
  std::string bytes;
  wire::AppendRecord(bytes, value);
  return bytes;
}

class Maker {
 public:
  Maker(std::uint32_t seed, std::size_t count) : random_(seed), count_(count) {}

  Contents Make() {
    for (std::size_t i = 0; i < count_; ++i) {
      AddPerson(i);
      AddAdministration(i);
      AddConversation(i);
      AddMembers(i);
    }
    Add(RecordKind::kTime, "", SeqBytes(Seq(1'800'000'000'000)));
    return std::move(contents_);
  }

 private:
  void Add(RecordKind kind, std::string key, std::string value) {
    contents_.at(static_cast<std::size_t>(kind))[std::move(key)] = std::move(value);
  }

  std::uint64_t Number(std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(random_);
  }
  bool Coin() { return Number(1) == 1; }
  std::string Bytes(std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(Number(255)));
    return bytes;
  }
  template <class IdType>
  IdType NewId() {
    return IdType(Uuid::FromBytes(Bytes(Uuid::kSize)));
  }
  TokenHash NewHash() {
    TokenHash hash;
    for (std::uint8_t& byte : hash) byte = static_cast<std::uint8_t>(Number(255));
    return hash;
  }
  static std::string KeyOf(const TokenHash& hash) { return {hash.begin(), hash.end()}; }
  TimePoint Time() { return FromMillis(static_cast<std::int64_t>(Number(2'000'000'000'000))); }
  static std::string SeqBytes(Seq seq) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(seq.value() >> shift));
    }
    return bytes;
  }
  /// Often where a part of a log begins or ends.
  Seq AnySeq() {
    return Seq(Coin() ? 1 + Number(5'000) : (1 + Number(3)) * kHeadEvery - 1 + Number(2));
  }
  std::string Text() { return Coin() ? "" : "täxt " + std::to_string(Number(1'000)); }

  void AddPerson(std::size_t i) {
    User user{.id = NewId<UserId>(),
              .username = "user." + std::to_string(i),
              .display_name = Text(),
              .email = std::nullopt,
              .avatar = std::nullopt,
              .admin = Coin(),
              .created_at = Time(),
              .last_active_at = std::nullopt,
              .disabled = Coin()};
    if (Coin()) user.email = "e@example.org";
    if (Coin()) user.last_active_at = Time();
    if (Coin()) user.invited_by = NewId<UserId>();
    const std::string id(user.id.view());
    Add(RecordKind::kUsers, id, BytesOf(user));
    Add(RecordKind::kUsernames, user.username, id);
    Add(RecordKind::kPasswords, id, "hash " + Text());
    for (const std::string& term : {user.username, std::string("ä"), std::string("x")}) {
      Add(RecordKind::kSearchTerms, term + std::string(1, '\0') + id, user.username);
    }
    const Session session{.id = NewId<SessionId>(),
                          .user = user.id,
                          .token_hash = NewHash(),
                          .device_name = Text(),
                          .created_at = Time(),
                          .last_used_at = Time()};
    const std::string place = id + std::string(session.id.view());
    Add(RecordKind::kSessions, KeyOf(session.token_hash), BytesOf(session));
    Add(RecordKind::kUserSessions, place, KeyOf(session.token_hash));
    if (Coin()) Add(RecordKind::kSessionUses, place, SeqBytes(Seq(1 + Number(1'900'000'000'000))));
    const PasswordReset reset{.token_hash = NewHash(), .user = user.id, .expires_at = Time()};
    if (Coin()) Add(RecordKind::kPasswordResets, KeyOf(reset.token_hash), BytesOf(reset));
  }

  void AddAdministration(std::size_t i) {
    Add(RecordKind::kSecretKeys, "key " + std::to_string(i), Bytes(32));
    Add(RecordKind::kSettings, "setting " + std::to_string(i), Text());
    Add(RecordKind::kAdminClaims, Bytes(32), "");
    const Invitation invitation{.id = NewId<InvitationId>(),
                                .token_hash = NewHash(),
                                .created_by = NewId<UserId>(),
                                .created_at = Time(),
                                .expires_at = Time(),
                                .max_uses = 7,
                                .used = static_cast<std::uint32_t>(Number(7))};
    const std::string id(invitation.id.view());
    Add(RecordKind::kInvitations, id, BytesOf(invitation));
    Add(RecordKind::kInvitationTokens, KeyOf(invitation.token_hash), id);
    AuditEntry entry{.id = NewId<AuditId>(),
                     .at = Time(),
                     .admin = std::nullopt,
                     .action = AuditAction::kPersonDemote,
                     .target = NewId<UserId>(),
                     .detail = {{"name", Text()}}};
    Add(RecordKind::kAudit, std::string(entry.id.view()), BytesOf(entry));
  }

  void AddConversation(std::size_t /*i*/) {
    const auto conversation = NewId<ConversationId>();
    const std::string id(conversation.view());
    ConversationInfo info;
    info.id = conversation;
    info.title = Text();
    info.created_at = Time();
    Add(RecordKind::kConversations, id, BytesOf(wire::InfoRecord{.seq = AnySeq(), .info = info}));
    for (const Seq seq : {Seq(kHeadEvery), Seq(2 * kHeadEvery), Seq(2 * kHeadEvery + 1)}) {
      const Head head{.seq = seq,
                      .n = Number(seq.value()),
                      .last_message = seq,
                      .last_message_at = Time(),
                      .changed_at = Time()};
      Add(RecordKind::kHeads, id + SeqBytes(seq), BytesOf(head));
    }
    for (int k = 0; k < 5; ++k) {
      Entry entry;
      entry.conversation = conversation;
      entry.seq = AnySeq();
      entry.n = Number(5'000);
      entry.at = Time();
      entry.actor = NewId<UserId>();
      const bool message = Coin();
      if (message) {
        MessageBody body;
        body.id = NewId<MessageId>();
        body.text = Text();
        entry.body = std::move(body);
      } else {
        entry.body = ConversationBody();
      }
      Add(RecordKind::kLog, id + std::string(1, message ? '\0' : '\1') + SeqBytes(entry.seq),
          BytesOf(entry));
    }
  }

  void AddMembers(std::size_t /*i*/) {
    const auto user = NewId<UserId>();
    const auto conversation = NewId<ConversationId>();
    const std::string id(user.view());
    const std::string of(conversation.view());
    wire::MemberRecord row{.seq = AnySeq(), .at = Time(), .member = std::nullopt};
    if (Coin()) {
      row.member = Member{.user = user,
                          .role = Role::kAdmin,
                          .joined_at = Time(),
                          .joined_seq = AnySeq(),
                          .first_seq = AnySeq(),
                          .first_n = Number(99)};
    }
    Add(RecordKind::kMembers, of + id, BytesOf(row));
    Add(RecordKind::kMemberships, id + of, BytesOf(row));
    const bool read = Coin();
    const Position position{.read = read ? AnySeq() : Seq(),
                            .read_n = read ? Number(99) : 0,
                            .delivered = !read || Coin() ? AnySeq() : Seq()};
    Add(RecordKind::kPositions, id + of,
        BytesOf(wire::PositionRecord{.joined_seq = AnySeq(), .position = position, .at = Time()}));
    wire::SentRecord sent{.seq = AnySeq(), .fingerprint = {}, .at = Time()};
    for (std::uint8_t& byte : sent.fingerprint) byte = static_cast<std::uint8_t>(Number(255));
    Add(RecordKind::kSent, of + id + Bytes(Uuid::kSize), BytesOf(sent));
    for (int k = 0; k < 3; ++k) Add(RecordKind::kMentions, id + of + SeqBytes(AnySeq()), "");
  }

  std::mt19937 random_;
  const std::size_t count_;
  Contents contents_;
};

}  // namespace

Contents RandomContents(std::uint32_t seed, std::size_t count) { return Maker(seed, count).Make(); }

}  // namespace parley::storage::migration
