#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/random.h"
#include "storage/cassandra/account_tables.h"
#include "storage/cassandra/account_version.h"
#include "storage/cassandra/admin_step.h"
#include "storage/cassandra/audit_rows.h"
#include "storage/cassandra/invitation_rows.h"
#include "storage/cassandra/search_rows.h"

namespace parley::storage::cassandra {
namespace {

template <class IdType>
IdType NewId(TimePoint at = FromMillis(1'800'000'000'000)) {
  SystemRandom random;
  return IdType(Uuid::Version7(at, random));
}

// -- Versions -------------------------------------------------------------------------------------

TEST(Version, Next_CountsAndSigns_AndForgetsOldSignatures) {
  Version version;
  const Uuid first = NewNonce();
  version = version.Next(first);
  EXPECT_EQ(version.number, 1);
  for (std::size_t i = 1; i < Version::kRecent; ++i) version = version.Next(NewNonce());
  EXPECT_TRUE(version.SignedBy(first));
  EXPECT_FALSE(version.SignedBy(NewNonce()));
  version = version.Next(NewNonce());
  EXPECT_FALSE(version.SignedBy(first));
  EXPECT_EQ(version.number, static_cast<std::int64_t>(Version::kRecent) + 1);
  EXPECT_EQ(version.recent.size(), Version::kRecent * Uuid::kSize);
}

TEST(Version, Columns_AreReadBack_AndNullBeforeTheFirstChange) {
  EXPECT_EQ(VersionValue(Version()), NullValue());
  EXPECT_EQ(*ReadVersion(std::nullopt, std::nullopt), Version());
  const Version version = Version().Next(NewNonce());
  EXPECT_EQ(*ReadVersion(*VersionValue(version), version.recent), version);
  EXPECT_EQ(ReadVersion("short", version.recent).status().code(), StatusCode::kDataLoss);
}

// -- Steps ----------------------------------------------------------------------------------------

AdminStep FullStep() {
  AdminStep step;
  step.claim.emplace().fill(7);
  step.invitation = NewId<InvitationId>();
  step.user = NewId<UserId>();
  step.admin = true;
  step.disabled = false;
  step.sessions = SessionsAfter::kEnded;
  step.reset = PasswordReset{
      .token_hash = {}, .user = *step.user, .expires_at = FromMillis(1'800'000'000'001)};
  step.reset->token_hash.fill(9);
  step.setting = SettingChange{.name = "registration", .value = ""};
  AuditEntry entry;
  entry.id = NewId<AuditId>();
  entry.at = FromMillis(1'800'000'000'000);
  entry.admin = NewId<UserId>();
  entry.action = AuditAction::kPersonDisable;
  entry.detail = {{"name", "value"}};
  step.audit = {entry, entry};
  return step;
}

TEST(AdminStep, EncodedAndDecoded_IsTheSame) {
  EXPECT_EQ(*DecodeStep(EncodeStep(AdminStep())), AdminStep());
  const AdminStep step = FullStep();
  EXPECT_EQ(*DecodeStep(EncodeStep(step)), step);
}

TEST(AdminStep, CutAnywhere_IsRefused) {
  const std::string bytes = EncodeStep(FullStep());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeStep(bytes.substr(0, size)).status().code(), StatusCode::kDataLoss) << size;
  }
}

TEST(Makings, EncodedAndDecoded_AreTheSame) {
  const std::vector<Making> makings{
      {.user = NewId<UserId>(), .username = "anna", .since = FromMillis(5)},
      {.user = NewId<UserId>(), .username = "bo", .since = FromMillis(6)}};
  const std::string bytes = EncodeMakings(makings);
  EXPECT_EQ(*DecodeMakings(bytes), makings);
  EXPECT_TRUE(DecodeMakings(EncodeMakings({}))->empty());
  EXPECT_FALSE(DecodeMakings(bytes.substr(0, bytes.size() - 1)).ok());
}

// -- Audit ----------------------------------------------------------------------------------------

TEST(AuditPeriods, IdsOfATime_LieBehindItsFirstId_InTheSamePeriod) {
  const TimePoint time = FromMillis(1'800'000'000'000);
  const auto first = FirstAuditIdOf(time);
  for (int i = 0; i < 100; ++i) {
    const auto id = NewId<AuditId>(time);
    EXPECT_GE(id, first);
    EXPECT_LT(id, FirstAuditIdOf(time + std::chrono::milliseconds(1)));
    EXPECT_EQ(AuditPeriodOf(id), AuditPeriodOf(first));
  }
  EXPECT_EQ(AuditPeriodOf(FirstAuditIdOf(time + std::chrono::hours(24 * 30))),
            AuditPeriodOf(first) + 1);
}

// -- Search ---------------------------------------------------------------------------------------

TEST(SearchTerms, Matches_ComparesWithThePerson) {
  User user;
  user.username = "anna_b";
  user.display_name = "Anna Bäcker";
  for (const char* prefix : {"", "a", "anna_b", "anna b", "bä", "bäcker"}) {
    EXPECT_TRUE(Matches(user, prefix)) << prefix;
  }
  for (const char* prefix : {"nna", "anna bä!", "c", "bäckers"}) {
    EXPECT_FALSE(Matches(user, prefix)) << prefix;
  }
}

TEST(SearchTerms, Partitions_HoldWhatBeginsAlike) {
  EXPECT_EQ(SearchPartition("annabel"), "ann");
  EXPECT_EQ(SearchPartition("a"), "a");
  EXPECT_EQ(EndOfPrefix("ann"), "ano");
  EXPECT_LT("ann\xF4\x8F\xBF\xBF", EndOfPrefix("ann"));
}

TEST(SearchTerms, Stamps_OfLaterChangesWin_AndWritesWinOverDeletes) {
  EXPECT_LT(StampsOf(4).erase, StampsOf(4).insert);
  EXPECT_LT(StampsOf(4).insert, StampsOf(5).erase);
}

TEST(AccountTables, EachIsOneStatement_InTheKeyspaceThatIsFilledIn) {
  std::set<std::string_view> names;
  for (const std::string_view table : AccountTables()) {
    constexpr std::string_view kStart = "CREATE TABLE IF NOT EXISTS {keyspace}.";
    ASSERT_TRUE(table.starts_with(kStart)) << table;
    const std::string_view rest = table.substr(kStart.size());
    EXPECT_TRUE(names.insert(rest.substr(0, rest.find(' '))).second) << table;
    EXPECT_EQ(table.find(';'), std::string_view::npos);
  }
}

}  // namespace
}  // namespace parley::storage::cassandra
