#include "storage/cassandra/cluster_settings.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

using testing::HasSubstr;
using Severity = ClusterFinding::Severity;

ClusterFacts Good() {
  ClusterFacts facts;
  facts.datacenter = "dc1";
  facts.nodes = {{"dc1", 3}, {"dc2", 1}};
  facts.versions = {"5.0.9"};
  facts.keyspace = "parley";
  facts.keyspace_exists = true;
  facts.strategy = "NetworkTopologyStrategy";
  facts.replicas = {{"dc1", 3}};
  facts.settings = {{"commitlog_sync", {"batch"}},
                    {"paxos_variant", {"v2"}},
                    {"paxos_state_purging", {"repaired"}}};
  return facts;
}

/// The finding of a check; a failure where there is none.
ClusterFinding Find(const ClusterFacts& facts, std::string_view check) {
  for (const ClusterFinding& finding : JudgeCluster(facts)) {
    if (finding.check == check) return finding;
  }
  ADD_FAILURE() << "no finding " << check;
  return {};
}

TEST(ClusterSettingsTest, Judge_GoodCluster_IsWell) {
  const std::vector<ClusterFinding> findings = JudgeCluster(Good());
  EXPECT_EQ(findings.size(), 6U);
  for (const ClusterFinding& finding : findings) {
    EXPECT_EQ(finding.severity, Severity::kOk) << finding.check << ": " << finding.message;
    EXPECT_TRUE(finding.advice.empty()) << finding.check;
  }
}

TEST(ClusterSettingsTest, Judge_Replicas_ThreeAreSafe) {
  const std::map<std::size_t, Severity> expected{
      {0, Severity::kError}, {1, Severity::kError},   {2, Severity::kWarning},
      {3, Severity::kOk},    {4, Severity::kWarning},  // more than there are nodes
      {6, Severity::kError}};                          // their quorum is
  for (const auto& [replicas, severity] : expected) {
    ClusterFacts facts = Good();
    facts.replicas = {{"dc1", replicas}, {"dc2", 3}};
    const ClusterFinding finding = Find(facts, "cassandra.replication");
    EXPECT_EQ(finding.severity, severity) << replicas;
    EXPECT_EQ(finding.advice.empty(), severity == Severity::kOk) << replicas;
  }
}

TEST(ClusterSettingsTest, Judge_SimpleStrategy_IsNoted) {
  ClusterFacts facts = Good();
  facts.strategy = "SimpleStrategy";
  const ClusterFinding finding = Find(facts, "cassandra.replication");
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_THAT(finding.advice, HasSubstr("NetworkTopologyStrategy"));
}

TEST(ClusterSettingsTest, Judge_NoKeyspaceYet_IsWell) {
  ClusterFacts facts = Good();
  facts.keyspace_exists = false;
  facts.replicas.clear();
  EXPECT_EQ(Find(facts, "cassandra.replication").severity, Severity::kOk);
}

TEST(ClusterSettingsTest, Judge_FewNodes_AreNoted) {
  ClusterFacts facts = Good();
  facts.nodes = {{"dc1", 2}, {"dc2", 9}};
  EXPECT_EQ(Find(facts, "cassandra.nodes").severity, Severity::kWarning);
}

TEST(ClusterSettingsTest, Judge_NoCommitLog_LosesMessages) {
  ClusterFacts facts = Good();
  facts.durable_writes = false;
  EXPECT_EQ(Find(facts, "cassandra.durable_writes").severity, Severity::kError);
}

TEST(ClusterSettingsTest, Judge_PeriodicSync_SaysHowMuchIsLost) {
  ClusterFacts facts = Good();
  facts.settings["commitlog_sync"] = {"batch", "periodic"};  // one node of several
  EXPECT_THAT(Find(facts, "cassandra.commitlog_sync").advice, HasSubstr("the last 10 s"));
  facts.settings["commitlog_sync_period"] = {"2000ms"};
  const ClusterFinding finding = Find(facts, "cassandra.commitlog_sync");
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_THAT(finding.advice, HasSubstr("the last 2000ms"));
  facts.settings["commitlog_sync"] = {"group"};
  EXPECT_EQ(Find(facts, "cassandra.commitlog_sync").severity, Severity::kOk);
}

TEST(ClusterSettingsTest, Judge_Paxos_IsNotedWhereOld) {
  ClusterFacts facts = Good();
  facts.settings["paxos_variant"] = {"v1"};
  facts.settings["paxos_state_purging"] = {"legacy"};
  EXPECT_EQ(Find(facts, "cassandra.paxos_variant").severity, Severity::kWarning);
  EXPECT_EQ(Find(facts, "cassandra.paxos_state_purging").severity, Severity::kWarning);
}

TEST(ClusterSettingsTest, Judge_Versions_OldOrMixed) {
  ClusterFacts facts = Good();
  for (const char* old : {"4.0.12", "3.11.19"}) {
    facts.versions = {old};
    EXPECT_THAT(Find(facts, "cassandra.versions").advice, HasSubstr("Upgrade")) << old;
  }
  facts.versions = {"4.1.10", "5.0.9"};
  EXPECT_THAT(Find(facts, "cassandra.versions").advice, HasSubstr("Finish"));
  facts.versions = {"5.1-alpha"};
  EXPECT_EQ(Find(facts, "cassandra.versions").severity, Severity::kOk);
}

TEST(ClusterSettingsTest, Judge_WhatCouldNotBeRead_IsLeftOut) {
  ClusterFacts facts = Good();
  facts.settings.clear();
  facts.versions.clear();
  EXPECT_EQ(JudgeCluster(facts).size(), 2U);
}

TEST(ClusterSettingsTest, ReadTextMap_PairsKeysAndValues) {
  std::string bytes = *BlobsValue(std::vector<std::string>{"class", "S", "dc1", "3"});
  bytes[3] = 2;  // pairs, not elements
  const auto map = ReadTextMap(bytes);
  ASSERT_TRUE(map.ok()) << map.status().ToString();
  EXPECT_EQ(*map, (std::map<std::string, std::string>{{"class", "S"}, {"dc1", "3"}}));
  EXPECT_TRUE(ReadTextMap(std::nullopt)->empty());
  bytes[3] = 3;
  for (const std::string& broken : {bytes, std::string("abc"), std::string("\x7f\xff\xff\xff")}) {
    EXPECT_EQ(ReadTextMap(broken).status().code(), StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace parley::storage::cassandra
