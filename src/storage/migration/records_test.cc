#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/migration/mover.h"
#include "storage/migration/testing/random_contents.h"
#include "storage/transfer.h"

namespace parley::storage::migration {
namespace {

TEST(Records, OfEveryKind_AreRight) {
  const Contents contents = RandomContents(1, 20);
  for (std::size_t i = 0; i < kRecordKinds; ++i) {
    EXPECT_FALSE(contents.at(i).empty()) << RecordKindName(static_cast<RecordKind>(i));
    for (const auto& [key, value] : contents.at(i)) {
      const Status right = CheckRecord(static_cast<RecordKind>(i), {.key = key, .value = value});
      EXPECT_TRUE(right.ok()) << right.ToString();
    }
  }
}

TEST(Records, CutOff_AreFoundWrong) {
  const Contents contents = RandomContents(2, 5);
  for (std::size_t i = 0; i < kRecordKinds; ++i) {
    const auto kind = static_cast<RecordKind>(i);
    // Keys of these are names, and settings are texts of any length.
    const bool named = kind == RecordKind::kSecretKeys || kind == RecordKind::kUsernames;
    if (kind == RecordKind::kSettings) continue;
    for (const auto& [key, value] : contents.at(i)) {
      if (!named && !key.empty()) {
        const Record cut{.key = key.substr(0, key.size() - 1), .value = value};
        EXPECT_EQ(CheckRecord(kind, cut).code(), StatusCode::kDataLoss) << RecordKindName(kind);
      }
      const bool text = kind == RecordKind::kPasswords || kind == RecordKind::kSearchTerms;
      if (value.empty() || text) continue;
      const Record cut{.key = key, .value = value.substr(0, value.size() / 2)};
      EXPECT_EQ(CheckRecord(kind, cut).code(), StatusCode::kDataLoss) << RecordKindName(kind);
    }
  }
}

TEST(Records, OfEveryKind_AreMoved) {
  FakeSource source(RandomContents(3, 30), 17);
  FakeTarget target;
  const Result<MoveReport> report = Move(source, target, {});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(target.contents(), source.contents());
}

}  // namespace
}  // namespace parley::storage::migration
