#include "wire/records.h"

#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parley::wire {
namespace {

/// An id whose bytes are all `byte`, so that they are easy to find in the golden bytes.
template <class IdType>
IdType Of(std::uint8_t byte) {
  Uuid::Bytes bytes;
  bytes.fill(byte);
  return IdType(Uuid(bytes));
}

const auto kConversation = Of<ConversationId>(0xC0);
const auto kAnna = Of<UserId>(0xA1);
const auto kBert = Of<UserId>(0xB2);
constexpr TokenHash kToken{7, 7, 7};

Entry MessageEntry() {
  return {
      .conversation = kConversation,
      .seq = Seq(9),
      .n = 300,
      .at = FromMillis(1'800'000'000'000),
      .actor = kAnna,
      .body = MessageBody{.id = Of<MessageId>(0x11),
                          .client_id = Of<ClientId>(0x22),
                          .text = "hé",
                          .mentions = {kBert},
                          .media = {Of<MediaId>(0x33)},
                          .reply_to = ReplyTo{.seq = Seq(4), .sender = kBert, .excerpt = "Yo"}}};
}

Entry CreationEntry() {
  return {.conversation = kConversation,
          .seq = Seq(1),
          .n = 0,
          .at = FromMillis(-1),
          .actor = kAnna,
          .body = ConversationBody{.created = true,
                                   .kind = ConversationKind::kGroup,
                                   .founders = {{kAnna, Role::kAdmin}, {kBert, Role::kMember}},
                                   .title = "Tea",
                                   .photo = std::nullopt,
                                   .history = HistoryPolicy::kAll}};
}

Entry MembersEntry() {
  return {.conversation = kConversation,
          .seq = Seq(2),
          .n = 1,
          .at = FromMillis(64),
          .actor = kBert,
          .body = MembersBody{
              .added = {kBert}, .removed = {kAnna, kBert}, .roles = {{kAnna, Role::kAdmin}}}};
}

Head AnyHead() {
  return {.seq = Seq(128),
          .n = 127,
          .last_message = Seq(128),
          .last_message_at = FromMillis(1'000),
          .changed_at = FromMillis(2'000),
          .client_ids_until = FromMillis(3'000)};
}

InfoRecord AnyInfo() {
  return {.seq = Seq(3),
          .info = {.id = kConversation,
                   .kind = ConversationKind::kDirect,
                   .title = "Tea",
                   .photo = Of<MediaId>(0x33),
                   .created_by = kAnna,
                   .created_at = FromMillis(5),
                   .history = HistoryPolicy::kAll}};
}

MemberRecord AnyMember() {
  return {.seq = Seq(3),
          .at = FromMillis(6),
          .member = Member{.user = kBert,
                           .role = Role::kAdmin,
                           .joined_at = FromMillis(5),
                           .joined_seq = Seq(2),
                           .first_seq = Seq(1),
                           .first_n = 200}};
}

PositionRecord AnyPosition() {
  return {.joined_seq = Seq(2),
          .position = {.read = Seq(7), .read_n = 6, .delivered = Seq(9)},
          .at = FromMillis(10)};
}

SentRecord AnySent() { return {.seq = Seq(9), .fingerprint = {1, 2, 3}, .at = FromMillis(10)}; }

User AnyUser() {
  return {.id = kAnna,
          .username = "anna",
          .display_name = "Anna Ö.",
          .email = "a@b.example",
          .avatar = Of<MediaId>(0x33),
          .admin = true,
          .created_at = FromMillis(1),
          .last_active_at = FromMillis(2),
          .disabled = true,
          .invited_by = kBert};
}

/// Of AnyUser, before there were flag and inviter.
constexpr std::size_t kUserOfLayout1Bytes = 49;

Invitation AnyInvitation() {
  return {.id = Of<InvitationId>(0x66),
          .token_hash = kToken,
          .created_by = kAnna,
          .created_at = FromMillis(1),
          .expires_at = FromMillis(2),
          .max_uses = 1'000,
          .used = 3};
}

PasswordReset AnyReset() {
  return {.token_hash = kToken, .user = kAnna, .expires_at = FromMillis(2)};
}

AuditEntry AnyAudit() {
  return {.id = Of<AuditId>(0x77),
          .at = FromMillis(1),
          .admin = kAnna,
          .action = AuditAction::kSettingsRegistration,
          .target = kBert,
          .detail = {{"to", "open"}}};
}

Session AnySession() {
  return {.id = Of<SessionId>(0x55),
          .user = kAnna,
          .token_hash = kToken,
          .device_name = "phone",
          .created_at = FromMillis(1),
          .last_used_at = FromMillis(2)};
}

/// One record under test: its bytes, its bytes when read and written again, and those that are
/// written in the documented format ("golden": a change of them is a change of what is on people's
/// disks).
struct Case {
  std::string name;
  std::string bytes;
  std::function<Result<std::string>(std::string_view)> rewrite;
  std::string golden;
  std::size_t grown_from = 0;  ///< where the record ended before it grew; 0: it never did
};

template <class Record, class Read>
Case MakeCase(std::string name, const Record& record, Read read, std::string golden,
              std::size_t grown_from = 0) {
  Case made{.name = std::move(name),
            .bytes = {},
            .rewrite = {},
            .golden = std::move(golden),
            .grown_from = grown_from};
  AppendRecord(made.bytes, record);
  made.rewrite = [read](std::string_view bytes) -> Result<std::string> {
    PARLEY_ASSIGN(const auto again, read(bytes));
    std::string out;
    AppendRecord(out, again);
    return out;
  };
  return made;
}

Result<Entry> ReadEntry(std::string_view bytes) {
  return ReadEntryRecord(bytes, kConversation, Seq(9));
}

std::string Times(int count, std::string_view hex) {
  std::string out;
  for (int i = 0; i < count; ++i) out += hex;
  return out;
}

/// Hexadecimal digits, with the ids of this test for what stands in braces, without the spaces.
std::string Golden(std::string_view form) {
  std::string out = fmt::format(
      fmt::runtime(form), fmt::arg("anna", Times(16, "a1")), fmt::arg("bert", Times(16, "b2")),
      fmt::arg("id", Times(16, "11")), fmt::arg("client", Times(16, "22")),
      fmt::arg("media", Times(16, "33")), fmt::arg("session", Times(16, "55")),
      fmt::arg("token", Times(3, "07") + Times(29, "00")));
  std::erase(out, ' ');
  return out;
}

Result<InfoRecord> ReadInfo(std::string_view bytes) { return ReadInfoRecord(bytes, kConversation); }
Result<MemberRecord> ReadMember(std::string_view bytes) { return ReadMemberRecord(bytes, kBert); }
Result<User> ReadUser(std::string_view bytes) { return ReadUserRecord(bytes, kAnna); }
Result<Invitation> ReadInvitation(std::string_view bytes) {
  return ReadInvitationRecord(bytes, AnyInvitation().id);
}
Result<PasswordReset> ReadReset(std::string_view bytes) {
  return ReadPasswordResetRecord(bytes, kToken);
}
Result<AuditEntry> ReadAudit(std::string_view bytes) {
  return ReadAuditRecord(bytes, AnyAudit().id);
}
Result<Session> ReadSession(std::string_view bytes) { return ReadSessionRecord(bytes, kToken); }

std::vector<Case> Cases() {
  const MemberRecord left{.seq = Seq(3), .at = FromMillis(6), .member = std::nullopt};
  return {
      MakeCase("message", MessageEntry(), ReadEntry,
               "01 00 ac02 80c0e285e368 {anna} {id} {client} 03 68c3a9 01 {bert} 01 {media} "
               "01 04 {bert} 02 596f"),
      MakeCase("creation", CreationEntry(), ReadEntry,
               "01 01 00 01 {anna} 01 01 02 {anna} 01 {bert} 00 01 03 546561 00 01 01"),
      MakeCase("members", MembersEntry(), ReadEntry,
               "01 02 01 8001 {bert} 01 {bert} 02 {anna} {bert} 01 {anna} 01"),
      MakeCase("head", AnyHead(), ReadHeadRecord, "01 8001 7f 8001 d00f a01f 01f02e", 10),
      MakeCase("conversation", AnyInfo(), ReadInfo, "01 03 00 03 546561 01 {media} {anna} 0a 01"),
      MakeCase("member", AnyMember(), ReadMember, "01 03 0c 01 01 0a 02 01 c801"),
      MakeCase("left", left, ReadMember, "01 03 0c 00"),
      MakeCase("position", AnyPosition(), ReadPositionRecord, "01 02 07 06 09 14"),
      MakeCase("send", AnySent(), ReadSentRecord, "01 09 01020300000000000000000000000000 14"),
      MakeCase("user", AnyUser(), ReadUser,
               "01 04 616e6e61 08 416e6e6120c3962e 01 0b 6140622e6578616d706c65 01 {media} "
               "01 02 01 04 01 01 {bert}",
               kUserOfLayout1Bytes),
      MakeCase("session", AnySession(), ReadSession, "01 {session} {anna} 05 70686f6e65 02 04"),
      MakeCase("invitation", AnyInvitation(), ReadInvitation, "01 {token} {anna} 02 04 e807 03"),
      MakeCase("password reset", AnyReset(), ReadReset, "01 {anna} 04"),
      MakeCase("audit entry", AnyAudit(), ReadAudit,
               "01 02 01 {anna} 08 01 {bert} 01 02 746f 04 6f70656e"),
  };
}

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
  return out;
}

TEST(RecordsTest, RoundTrip_EveryField) {
  std::string bytes;
  AppendRecord(bytes, MessageEntry());
  EXPECT_EQ(*ReadEntryRecord(bytes, kConversation, Seq(9)), MessageEntry());

  bytes.clear();
  AppendRecord(bytes, CreationEntry());
  EXPECT_EQ(*ReadEntryRecord(bytes, kConversation, Seq(1)), CreationEntry());

  bytes.clear();
  AppendRecord(bytes, MembersEntry());
  EXPECT_EQ(*ReadEntryRecord(bytes, kConversation, Seq(2)), MembersEntry());

  bytes.clear();
  AppendRecord(bytes, AnyHead());
  EXPECT_EQ(*ReadHeadRecord(bytes), AnyHead());

  bytes.clear();
  AppendRecord(bytes, AnyInfo());
  EXPECT_EQ(*ReadInfoRecord(bytes, kConversation), AnyInfo());

  bytes.clear();
  AppendRecord(bytes, AnyMember());
  EXPECT_EQ(*ReadMemberRecord(bytes, kBert), AnyMember());

  bytes.clear();
  AppendRecord(bytes, AnyPosition());
  EXPECT_EQ(*ReadPositionRecord(bytes), AnyPosition());

  bytes.clear();
  AppendRecord(bytes, AnySent());
  EXPECT_EQ(*ReadSentRecord(bytes), AnySent());

  bytes.clear();
  AppendRecord(bytes, AnyUser());
  EXPECT_EQ(*ReadUserRecord(bytes, kAnna), AnyUser());

  bytes.clear();
  AppendRecord(bytes, AnySession());
  EXPECT_EQ(*ReadSessionRecord(bytes, kToken), AnySession());

  bytes.clear();
  AppendRecord(bytes, AnyInvitation());
  EXPECT_EQ(*ReadInvitation(bytes), AnyInvitation());

  bytes.clear();
  AppendRecord(bytes, AnyReset());
  EXPECT_EQ(*ReadReset(bytes), AnyReset());

  bytes.clear();
  AppendRecord(bytes, AnyAudit());
  EXPECT_EQ(*ReadAudit(bytes), AnyAudit());
}

TEST(RecordsTest, UserOfLayout1_IsEnabled_AndNobodyInvitedThem) {
  std::string bytes;
  AppendRecord(bytes, AnyUser());
  bytes.resize(kUserOfLayout1Bytes);
  User expected = AnyUser();
  expected.disabled = false;
  expected.invited_by.reset();
  EXPECT_EQ(*ReadUser(bytes), expected);
}

TEST(RecordsTest, RoundTrip_ExtremesAndNothing) {
  std::string bytes;
  const Head far{.seq = Seq(~std::uint64_t{0}),
                 .n = ~std::uint64_t{0},
                 .last_message = Seq(),
                 .last_message_at = FromMillis(std::numeric_limits<std::int64_t>::min()),
                 .changed_at = FromMillis(std::numeric_limits<std::int64_t>::max())};
  AppendRecord(bytes, far);
  EXPECT_EQ(*ReadHeadRecord(bytes), far);

  bytes.clear();
  AppendRecord(bytes, User());
  EXPECT_EQ(*ReadUserRecord(bytes, UserId()), User());

  bytes.clear();
  Entry empty = MessageEntry();
  empty.body = MessageBody();
  AppendRecord(bytes, empty);
  EXPECT_EQ(*ReadEntryRecord(bytes, kConversation, Seq(9)), empty);
}

TEST(RecordsTest, Format_IsTheGoldenOne) {
  for (const Case& c : Cases()) EXPECT_EQ(Hex(c.bytes), Golden(c.golden)) << c.name;
}

TEST(RecordsTest, CutOffAnywhere_IsDataLoss) {
  for (const Case& c : Cases()) {
    for (std::size_t size = 0; size < c.bytes.size(); ++size) {
      if (size > 0 && size == c.grown_from) continue;
      // A copy of that very size, so that a sanitizer sees a read beyond it.
      const std::vector<char> cut(c.bytes.begin(),
                                  c.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const Result<std::string> read = c.rewrite({cut.data(), cut.size()});
      ASSERT_FALSE(read.ok()) << c.name << " cut to " << size;
      EXPECT_EQ(read.status().code(), StatusCode::kDataLoss);
    }
  }
}

TEST(RecordsTest, FieldsOfALaterVersion_AreIgnored) {
  for (const Case& c : Cases()) {
    const Result<std::string> read = c.rewrite(c.bytes + "later fields");
    ASSERT_TRUE(read.ok()) << c.name;
    EXPECT_EQ(*read, c.bytes) << c.name;
  }
}

TEST(RecordsTest, UnknownVersion_IsDataLoss) {
  for (Case c : Cases()) {
    for (const int version : {0, 2, 255}) {
      c.bytes[0] = static_cast<char>(version);
      const Result<std::string> read = c.rewrite(c.bytes);
      ASSERT_FALSE(read.ok()) << c.name;
      EXPECT_EQ(read.status().code(), StatusCode::kDataLoss);
    }
  }
}

TEST(RecordsTest, UnknownValues_AreDataLoss) {
  std::string bytes;
  AppendRecord(bytes, MessageEntry());
  bytes[1] = 3;  // a kind that nothing writes yet
  EXPECT_EQ(ReadEntry(bytes).status().code(), StatusCode::kDataLoss);

  bytes.clear();
  AppendRecord(bytes, AnyMember());
  bytes[4] = 2;  // the role
  EXPECT_EQ(ReadMemberRecord(bytes, kBert).status().code(), StatusCode::kDataLoss);
  bytes[4] = 1;
  bytes[3] = 2;  // whether there is a member
  EXPECT_EQ(ReadMemberRecord(bytes, kBert).status().code(), StatusCode::kDataLoss);
}

TEST(RecordsTest, NumberBeyond64Bits_IsDataLoss) {
  const std::string nines(9, '\xFF');
  const std::string rest(4, '\0');
  EXPECT_TRUE(ReadHeadRecord("\x01" + nines + "\x01" + rest).ok());
  EXPECT_EQ(ReadHeadRecord("\x01" + nines + "\x02" + rest).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(ReadHeadRecord("\x01" + nines + "\x81" + std::string(5, '\0')).status().code(),
            StatusCode::kDataLoss);
}

TEST(RecordsTest, HugeSizes_AreDataLossWithoutAnAllocation) {
  std::string bytes;
  AppendRecord(bytes, MembersEntry());
  const std::string head = bytes.substr(0, 1 + 1 + 1 + 2 + 16);
  const std::string huge = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F";
  EXPECT_EQ(ReadEntry(head + huge + std::string(100, 'x')).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(ReadUserRecord("\x01" + huge + "name", kAnna).status().code(), StatusCode::kDataLoss);
}

TEST(RecordsTest, DamagedBytes_AreReadOrRefusedButNeverOverrun) {
  std::mt19937 random(1);
  int understood = 0;
  for (const Case& c : Cases()) {
    for (int round = 0; round < 2'000; ++round) {
      std::vector<char> bytes(c.bytes.begin(), c.bytes.end());
      for (unsigned i = 0; i <= random() % 3; ++i) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      bytes.resize(bytes.size() - random() % 2);
      bytes.shrink_to_fit();
      const Result<std::string> read = c.rewrite({bytes.data(), bytes.size()});
      if (read.ok()) {
        ++understood;
      } else {
        EXPECT_EQ(read.status().code(), StatusCode::kDataLoss);
      }
    }
  }
  EXPECT_GT(understood, 0) << "the damage was never small enough to tell anything";
}

}  // namespace
}  // namespace parley::wire
