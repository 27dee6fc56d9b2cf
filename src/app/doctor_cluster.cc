#include "app/doctor_cluster.h"

#include <memory>
#include <string>
#include <utility>

#include "app/store_parts.h"
#include "storage/cassandra/cluster_settings.h"

namespace parley::app {
namespace {

using storage::cassandra::ClusterFacts;
using storage::cassandra::ClusterFinding;
using storage::cassandra::Session;

Finding Unreachable(const Status& status) {
  const bool refused = status.code() == StatusCode::kPermissionDenied;
  return {Severity::kError, "cassandra.reachable", std::string(status.message()),
          refused ? "put storage.cassandra.username, .password and .ca_file right"
                  : "start the cluster, or put storage.cassandra.hosts and .datacenter right; the "
                    "server waits for it and is not ready until it is there"};
}

Severity SeverityOf(ClusterFinding::Severity severity) {
  switch (severity) {
    case ClusterFinding::Severity::kOk:
      return Severity::kOk;
    case ClusterFinding::Severity::kWarning:
      return Severity::kWarning;
    case ClusterFinding::Severity::kError:
      return Severity::kError;
  }
  return Severity::kError;
}

}  // namespace

std::vector<Finding> CheckCluster(const Config& config) {
  if (config.storage.engine != StorageEngine::kCassandra) return {};
  const Result<std::unique_ptr<Session>> session =
      Session::Connect(SessionOptionsOf(config.storage.cassandra, nullptr));
  if (!session.ok()) return {Unreachable(session.status())};
  std::vector<Finding> findings{
      {Severity::kOk, "cassandra.reachable", "the cluster answers", std::string()}};
  const Result<ClusterFacts> facts = storage::cassandra::ReadClusterFacts(**session);
  if (facts.ok()) {
    for (ClusterFinding& each : storage::cassandra::JudgeCluster(*facts)) {
      findings.push_back(
          {SeverityOf(each.severity), each.check, std::move(each.message), std::move(each.advice)});
    }
  } else {
    findings.push_back(Unreachable(facts.status()));
  }
  (*session)->Stop();
  return findings;
}

}  // namespace parley::app
