#include "storage/migration/mover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/migration/testing/fake_target.h"

namespace parley::storage::migration {
namespace {

using testing::HasSubstr;

auto& RowsOf(Contents& contents, RecordKind kind) {
  return contents.at(static_cast<std::size_t>(kind));
}

/// `count` records of two kinds, and of those between them none.
Contents Some(int count) {
  Contents contents;
  for (int i = 0; i < count; ++i) {
    RowsOf(contents, RecordKind::kPasswords)[std::string(16, static_cast<char>(i))] =
        "hash " + std::to_string(i);
    RowsOf(contents, RecordKind::kMentions)[std::string(40, static_cast<char>(i))] = "";
  }
  return contents;
}

MoveOptions Quick(int attempts = 3) {
  MoveOptions options;
  options.attempts = attempts;
  options.first_wait = std::chrono::milliseconds(0);
  return options;
}

Tally TallyOf(const std::map<std::string, std::string>& rows) {
  Tally tally;
  for (const auto& [key, value] : rows) tally.Add({.key = key, .value = value});
  return tally;
}

TEST(Mover, MovesAllAndFinishes) {
  FakeSource source(Some(25), 10);
  FakeTarget target;
  std::vector<std::string> done;
  MoveOptions options = Quick();
  options.tell = [&](const MoveProgress& progress) {
    if (!progress.kind_done || progress.records == 0) return;
    done.push_back(std::string(progress.step == Step::kCopying ? "copied " : "verified ") +
                   std::string(RecordKindName(progress.kind)));
  };
  const Result<MoveReport> report = Move(source, target, std::move(options));
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->records, 50U);
  EXPECT_FALSE(report->went_on);
  EXPECT_EQ(report->tallies.at(static_cast<std::size_t>(RecordKind::kPasswords)),
            TallyOf(RowsOf(source.contents(), RecordKind::kPasswords)));
  EXPECT_EQ(target.contents(), source.contents());
  EXPECT_TRUE(target.state()->finished);
  EXPECT_EQ(target.state()->source, "fake 1");
  EXPECT_THAT(done, testing::ElementsAre("copied passwords", "copied mentions",
                                         "verified passwords", "verified mentions"));
}

TEST(Mover, NothingToMove_Finishes) {
  FakeSource source(Contents(), 10);
  FakeTarget target;
  const Result<MoveReport> report = Move(source, target, Quick());
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_EQ(report->records, 0U);
  EXPECT_TRUE(target.state()->finished);
}

/// Wherever it dies, before a write or after it: the next call goes on.
TEST(Mover, DiesAtEachCall_GoesOnWhereItWas) {
  for (const StatusCode code : {StatusCode::kUnavailable, StatusCode::kUnknown}) {
    FakeSource whole(Some(25), 10);
    FakeTarget counted;
    ASSERT_TRUE(Move(whole, counted, Quick()).ok());
    for (int dies = 1; dies <= counted.calls(); ++dies) {
      FakeSource source(whole.contents(), 10);
      FakeTarget target;
      target.fail = [&](int call) { return call == dies ? Status(code, "died") : Status::Ok(); };
      EXPECT_EQ(Move(source, target, Quick(1)).status().code(), code);
      const bool begun = target.state().has_value();
      const bool finished = begun && target.state()->finished;
      target.fail = nullptr;
      const Result<MoveReport> report = Move(source, target, Quick());
      if (finished) {
        EXPECT_THAT(report.status().ToString(), HasSubstr("all is moved already"));
      } else {
        ASSERT_TRUE(report.ok()) << dies << ": " << report.status().ToString();
        EXPECT_EQ(report->went_on, begun);
        EXPECT_EQ(report->records, 50U);
      }
      EXPECT_EQ(target.contents(), source.contents());
      EXPECT_TRUE(target.state()->finished);
    }
  }
}

TEST(Mover, GoesOn_CopiesNoPageAgain) {
  FakeSource source(Some(25), 5);
  FakeTarget target;
  target.fail = [](int call) { return call == 9 ? Internal("died") : Status::Ok(); };
  ASSERT_FALSE(Move(source, target, Quick()).ok());
  const int before = target.calls();
  target.fail = nullptr;
  ASSERT_TRUE(Move(source, target, Quick()).ok());
  // Of ten pages three were written and remembered; each of the others is, and the end.
  EXPECT_EQ(target.calls(), before + 2 * 7 + 1);
}

TEST(Mover, WhatMayPass_IsTriedAgain) {
  FakeSource source(Some(25), 10);
  FakeTarget target;
  target.fail = [](int call) { return call % 3 == 0 ? Status::Ok() : Unavailable("busy"); };
  ASSERT_TRUE(Move(source, target, Quick(3)).ok());
  EXPECT_EQ(target.contents(), source.contents());
}

TEST(Mover, Told_StopsBetweenPagesAndGoesOn) {
  FakeSource source(Some(25), 10);
  FakeTarget target;
  int stops = 0;
  for (; stops < 100; ++stops) {
    std::stop_source stop;
    MoveOptions options = Quick();
    options.stop = stop.get_token();
    options.tell = [&](const MoveProgress& progress) {
      if (progress.step == Step::kCopying && progress.records > 0) stop.request_stop();
    };
    const Result<MoveReport> report = Move(source, target, std::move(options));
    if (report.ok()) break;
    ASSERT_EQ(report.status().code(), StatusCode::kCancelled);
  }
  // Six pages; told after the last, it stops at the first that it reads back.
  EXPECT_EQ(stops, 6);
  EXPECT_EQ(target.contents(), source.contents());
  EXPECT_TRUE(target.state()->finished);
}

TEST(Mover, TargetNotEmpty_IsConflict) {
  FakeSource source(Some(1), 10);
  FakeTarget target;
  RowsOf(target.contents(), RecordKind::kSettings)["registration"] = "open";
  EXPECT_EQ(Move(source, target, Quick()).status().code(), StatusCode::kConflict);
  EXPECT_FALSE(target.state().has_value());
}

TEST(Mover, MovedAlready_IsConflict) {
  FakeSource source(Some(1), 10);
  FakeSource other(Some(1), 10, "fake 2");
  FakeTarget target;
  ASSERT_TRUE(Move(source, target, Quick()).ok());
  EXPECT_THAT(Move(source, target, Quick()).status().ToString(),
              HasSubstr("CONFLICT: all is moved already"));
  EXPECT_THAT(Move(other, target, Quick()).status().ToString(),
              HasSubstr("CONFLICT: other data were moved"));
}

TEST(Mover, SourceChangedMeanwhile_IsConflict) {
  FakeSource source(Some(5), 2);
  FakeSource changed(Some(5), 2, "fake 1, later");
  FakeTarget target;
  target.fail = [](int call) { return call == 3 ? Internal("died") : Status::Ok(); };
  ASSERT_FALSE(Move(source, target, Quick()).ok());
  target.fail = nullptr;
  const Status refused = Move(changed, target, Quick()).status();
  EXPECT_EQ(refused.code(), StatusCode::kConflict);
  EXPECT_THAT(refused.ToString(), HasSubstr("the source was changed"));
}

TEST(Mover, RecordsAreLostOrChanged_IsDataLossAndNotFinished) {
  for (const bool lost : {true, false}) {
    FakeSource source(Some(25), 10);
    FakeTarget target;
    MoveOptions options = Quick();
    options.tell = [&](const MoveProgress& progress) {
      auto& passwords = RowsOf(target.contents(), RecordKind::kPasswords);
      if (progress.kind != RecordKind::kMentions || !progress.kind_done) return;
      if (lost) {
        passwords.erase(passwords.begin());
      } else {
        passwords.begin()->second += "!";
      }
    };
    const Status refused = Move(source, target, std::move(options)).status();
    EXPECT_EQ(refused.code(), StatusCode::kDataLoss);
    EXPECT_THAT(refused.ToString(), HasSubstr("passwords: 25 written"));
    EXPECT_THAT(refused.ToString(), HasSubstr(lost ? "24 found" : "25 found"));
    EXPECT_FALSE(target.state()->finished);
  }
}

TEST(Mover, DamagedRecord_IsDataLossAndNamed) {
  Contents contents = Some(3);
  RowsOf(contents, RecordKind::kMembers)[std::string(32, 'm')] = "\x01";
  FakeSource source(std::move(contents), 10);
  FakeTarget target;
  const Status refused = Move(source, target, Quick()).status();
  EXPECT_EQ(refused.code(), StatusCode::kDataLoss);
  EXPECT_THAT(refused.ToString(), HasSubstr("a record of members cannot be understood (key 6d6d"));
  EXPECT_TRUE(RowsOf(target.contents(), RecordKind::kMembers).empty());
}

}  // namespace
}  // namespace parley::storage::migration
