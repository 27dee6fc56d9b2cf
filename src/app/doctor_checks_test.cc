#include "app/doctor_checks.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::app {
namespace {

using testing::IsEmpty;

/// A machine that has enough of everything.
HostFacts GoodHost() {
  HostFacts facts;
  facts.data_dir_exists = true;
  facts.data_dir_mode = 0700;
  facts.disk_free_bytes = std::uint64_t{100} << 30;
  facts.disk_free_inodes = 1'000'000;
  facts.disk_inodes = 2'000'000;
  facts.sync_speed = SyncSpeed{std::chrono::microseconds(500), std::chrono::microseconds(2'000)};
  facts.config_mode = 0644;
  facts.now = std::chrono::system_clock::time_point(std::chrono::seconds(1'780'000'000));
  facts.clock_synchronized = true;
  facts.max_files = 1'000'000;
  facts.memory_bytes = std::uint64_t{8} << 30;
  facts.listen_backlog = 4'096;
  return facts;
}

Config GoodConfig() {
  Config config;
  config.auth.argon2 = {.memory_kib = 19'456, .passes = 2};
  return config;
}

std::vector<std::string> Complaints(const std::vector<Finding>& findings) {
  std::vector<std::string> names;
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kOk) {
      EXPECT_EQ(finding.advice, "") << finding.check;
      continue;
    }
    EXPECT_NE(finding.advice, "") << finding.check << ": each says what to do";
    names.push_back((finding.severity == Severity::kError ? "error " : "warning ") +
                    std::string(finding.check));
  }
  return names;
}

TEST(DoctorChecks, AFleet_NeedsABusAndEncryption) {
  Config config = GoodConfig();
  config.storage.engine = StorageEngine::kCassandra;
  EXPECT_THAT(Complaints(CheckSettings(config)),
              testing::ElementsAre("warning settings.bus", "warning settings.encryption"));
  config.bus.engine = BusEngine::kNats;
  config.storage.cassandra.ca_file = "/etc/parley/ca.pem";
  EXPECT_THAT(Complaints(CheckSettings(config)), IsEmpty());
}

TEST(DoctorChecks, AllIsWell_NothingToSay) {
  EXPECT_THAT(Complaints(CheckSettings(GoodConfig())), IsEmpty());
  EXPECT_THAT(Complaints(CheckHost(GoodConfig(), GoodHost())), IsEmpty());
}

TEST(DoctorChecks, UnsafeSettings_EachHasItsFinding) {
  struct Case {
    const char* finding;
    std::function<void(Config&)> spoil;
  };
  const std::vector<Case> cases{
      {"error settings.engine", [](Config& c) { c.storage.engine = StorageEngine::kMemory; }},
      {"error settings.sync", [](Config& c) { c.storage.sync = false; }},
      {"warning settings.limits", [](Config& c) { c.limits_enabled = false; }},
      {"warning settings.argon2", [](Config& c) { c.auth.argon2.memory_kib = 8'192; }},
      {"warning settings.ops_listen", [](Config& c) { c.ops_listen.host = "0.0.0.0"; }},
      {"error settings.trusted_proxies",
       [](Config& c) { c.server.trusted_proxies = {"10.0.0.0/8", "0.0.0.0/0"}; }},
      {"error settings.trusted_proxies", [](Config& c) { c.server.trusted_proxies = {"::/0"}; }},
      {"warning settings.allowed_origins",
       [](Config& c) { c.server.allowed_origins = {"http://chat.example"}; }},
      {"warning settings.tls",
       [](Config& c) {
         c.listen.host = "0.0.0.0";
         c.accounts.registration = RegistrationMode::kClosed;
       }},
      {"warning settings.registration",
       [](Config& c) {
         c.listen.host = "192.0.2.1";
         c.server.public_url = "https://chat.example";
       }},
  };
  for (const Case& each : cases) {
    Config config = GoodConfig();
    each.spoil(config);
    EXPECT_THAT(Complaints(CheckSettings(config)), testing::ElementsAre(each.finding));
  }
}

TEST(DoctorChecks, WhatTheMachineLacks_EachHasItsFinding) {
  struct Case {
    const char* finding;
    std::function<void(HostFacts&)> spoil;
  };
  const std::vector<Case> cases{
      {"error data_dir.usable", [](HostFacts& f) { f.data_dir = Unavailable("read-only"); }},
      {"warning data_dir.permissions", [](HostFacts& f) { f.data_dir_mode = 0755; }},
      {"warning data_dir.free", [](HostFacts& f) { f.store_held_by = 7; }},
      {"error disk.kind", [](HostFacts& f) { f.file_system = "tmpfs"; }},
      {"warning disk.kind", [](HostFacts& f) { f.file_system = "nfs"; }},
      {"error disk.space", [](HostFacts& f) { f.disk_free_bytes = 1'000; }},
      {"warning disk.space", [](HostFacts& f) { f.disk_free_bytes = std::uint64_t{1} << 30; }},
      {"warning disk.inodes", [](HostFacts& f) { f.disk_free_inodes = 3; }},
      {"warning disk.fsync",
       [](HostFacts& f) { f.sync_speed->p99 = std::chrono::milliseconds(100); }},
      {"warning config.permissions", [](HostFacts& f) { f.config_mode = 0666; }},
      {"warning limits.open_files", [](HostFacts& f) { f.max_files = 1'024; }},
      {"warning limits.core", [](HostFacts& f) { f.core_limit = 1; }},
      {"warning limits.listen_backlog", [](HostFacts& f) { f.listen_backlog = 128; }},
      {"warning memory", [](HostFacts& f) { f.memory_bytes = std::uint64_t{1'100} << 20; }},
      {"error memory", [](HostFacts& f) { f.memory_bytes = std::uint64_t{512} << 20; }},
      {"error clock.time", [](HostFacts& f) { f.now = {}; }},
      {"warning clock.synchronized", [](HostFacts& f) { f.clock_synchronized = false; }},
  };
  for (const Case& each : cases) {
    HostFacts facts = GoodHost();
    each.spoil(facts);
    EXPECT_THAT(Complaints(CheckHost(GoodConfig(), facts)), testing::ElementsAre(each.finding));
  }
}

TEST(HostFactsTest, TellsOfThisMachine_AndLeavesNothingBehind) {
  std::string name = testing::TempDir() + "/host_facts.XXXXXX";
  Config config;
  config.data_dir = ::mkdtemp(name.data());
  const HostFacts facts = ReadHostFacts(config, config.data_dir);
  EXPECT_TRUE(facts.data_dir.ok());
  EXPECT_TRUE(facts.data_dir_exists);
  EXPECT_EQ(facts.data_dir_mode, 0700U);
  EXPECT_GT(facts.disk_free_bytes, 0U);
  ASSERT_TRUE(facts.sync_speed);
  EXPECT_LE(facts.sync_speed->median, facts.sync_speed->p99);
  EXPECT_FALSE(facts.store_held_by);
  EXPECT_GT(facts.max_files, 0U);
  EXPECT_GT(facts.memory_bytes, std::uint64_t{64} << 20);
  EXPECT_TRUE(std::filesystem::is_empty(config.data_dir));
  std::filesystem::remove(config.data_dir);
}

TEST(HostFactsTest, FolderThatIsNotMadeYet_IsJudgedByWhereItWillBe) {
  Config config;
  config.data_dir = testing::TempDir() + "/not/made/yet";
  const HostFacts facts = ReadHostFacts(config, "");
  EXPECT_FALSE(facts.data_dir_exists);
  EXPECT_TRUE(facts.data_dir.ok());
  EXPECT_TRUE(facts.sync_speed);
  EXPECT_FALSE(std::filesystem::exists(config.data_dir));
}

}  // namespace
}  // namespace parley::app
