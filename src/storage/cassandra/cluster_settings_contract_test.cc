#include <memory>

#include <gtest/gtest.h>

#include "storage/cassandra/cluster_settings.h"
#include "storage/cassandra/testing/test_cluster.h"

namespace parley::storage::cassandra {
namespace {

TEST(ClusterSettingsContract, ReadClusterFacts_TellsWhatTheClusterIs) {
  Result<std::unique_ptr<TestKeyspace>> keyspace = TestKeyspace::Create();
  ASSERT_TRUE(keyspace.ok()) << keyspace.status().ToString();
  const Result<ClusterFacts> facts = ReadClusterFacts((*keyspace)->session());
  ASSERT_TRUE(facts.ok()) << facts.status().ToString();
  EXPECT_FALSE(facts->datacenter.empty());
  EXPECT_EQ(facts->nodes.at(facts->datacenter), 3U);
  EXPECT_EQ(facts->versions.size(), 1U);
  EXPECT_TRUE(facts->keyspace_exists);
  EXPECT_TRUE(facts->durable_writes);
  EXPECT_EQ(facts->strategy, "NetworkTopologyStrategy");
  EXPECT_EQ(facts->replicas.at(facts->datacenter), 3U);
  for (const char* setting : {"commitlog_sync", "paxos_variant", "paxos_state_purging"}) {
    EXPECT_TRUE(facts->settings.contains(setting)) << setting;
  }
  for (const ClusterFinding& finding : JudgeCluster(*facts)) {
    EXPECT_NE(finding.severity, ClusterFinding::Severity::kError)
        << finding.check << ": " << finding.message;
  }
}

}  // namespace
}  // namespace parley::storage::cassandra
