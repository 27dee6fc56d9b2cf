// What only a node of a fleet tells: Cassandra by statement, NATS, the other nodes, and what is
// forwarded and swept.

#include <string>
#include <utility>
#include <vector>

#include "app/register_metrics.h"
#include "chat/forwarder.h"

namespace parley::app {
namespace {

using metrics::Metrics;
using metrics::Sample;

template <class Read>
void AddCounter(Metrics& metrics, const char* name, const char* help, Read read) {
  metrics.AddCounter(name, help, [read] { return static_cast<double>(read()); });
}

template <class Read>
void AddGauge(Metrics& metrics, const char* name, const char* help, Read read) {
  metrics.AddGauge(name, help, [read] { return static_cast<double>(read()); });
}

void RegisterCassandra(Metrics& metrics, storage::cassandra::Session& session) {
  using storage::cassandra::StatementStats;
  const auto add_counters = [&](const char* name, const char* help, auto field) {
    metrics.AddCounters(name, help, [&session, field] {
      std::vector<Sample> samples;
      for (const StatementStats& statement : session.stats().statements) {
        samples.push_back({{{"statement", statement.name}}, static_cast<double>(statement.*field)});
      }
      return samples;
    });
  };
  add_counters("parley_cassandra_statements_total",
               "Statements executed, each part of a batch and each page by itself.",
               &StatementStats::executions);
  add_counters("parley_cassandra_refused_total", "Statements that were certainly not applied.",
               &StatementStats::refused);
  add_counters("parley_cassandra_unknown_total",
               "Statements of which nobody could say whether they were applied.",
               &StatementStats::unknown);
  metrics.AddHistograms("parley_cassandra_seconds", "From a statement or batch to its answer.",
                        [&session] {
                          std::vector<std::pair<metrics::Labels, metrics::Histogram::Snapshot>> all;
                          for (StatementStats& statement : session.stats().statements) {
                            all.emplace_back(metrics::Labels{{"statement", statement.name}},
                                             std::move(statement.seconds));
                          }
                          return all;
                        });
  AddGauge(metrics, "parley_cassandra_in_flight",
           "Statements under way, those that wait for a place included.",
           [&session] { return session.stats().in_flight; });
  AddGauge(metrics, "parley_cassandra_in_flight_limit", "How many of them there may be.",
           [&session] { return session.stats().limit; });
}

void RegisterNats(Metrics& metrics, const BusParts::Nats& nats) {
  const auto both = [&nats](auto field) {
    return [&nats, field] { return nats.events.stats().*field + nats.words.stats().*field; };
  };
  using Link = bus::Link::Stats;
  AddCounter(metrics, "parley_nats_messages_in_total", "Messages from NATS.",
             both(&Link::messages_in));
  AddCounter(metrics, "parley_nats_messages_out_total", "Messages to NATS.",
             both(&Link::messages_out));
  AddCounter(metrics, "parley_nats_dropped_total",
             "Messages not sent: no connection, or too much waits to be.",
             both(&Link::dropped_out));
  AddCounter(metrics, "parley_nats_reconnects_total", "Connections after the first.",
             both(&Link::reconnects));
  AddGauge(metrics, "parley_nats_subscriptions", "Subjects that this node listens to.",
           both(&Link::subscriptions));
  AddGauge(metrics, "parley_nats_connected", "1 while there is a connection to NATS.",
           [&nats] { return nats.words.status().ok() && nats.events.status().ok() ? 1 : 0; });
  AddCounter(metrics, "parley_bus_gaps_total", "Times when events may have been lost.",
             [&nats] { return nats.bus.stats().gaps; });
  AddCounter(metrics, "parley_bus_large_total",
             "Events of large conversations, published once for all.",
             [&nats] { return nats.bus.stats().large; });
  AddCounter(metrics, "parley_bus_received_total", "Events that other nodes published.",
             [&nats] { return nats.bus.stats().received; });
}

void RegisterNodes(Metrics& metrics, const BusParts::Nats& nats, const MetricSources& sources) {
  AddGauge(metrics, "parley_fleet_nodes", "Nodes that are alive, this one included.",
           [&nats] { return nats.fleet.stats().nodes; });
  AddGauge(metrics, "parley_fleet_clock_offset_seconds",
           "By how much the clock is ahead of those of the other nodes.",
           [&nats] { return std::chrono::duration<double>(nats.fleet.clock_offset()).count(); });
  AddCounter(metrics, "parley_fleet_pauses_total", "Times when this node stood still.",
             [&nats] { return nats.fleet.stats().pauses; });
  const chat::ForwardStats& forwards = *sources.chat->forward_stats();
  metrics.AddCounters("parley_commands_forwarded_total",
                      "Commands for conversations that one node looks after and another was given: "
                      "sent there, taken from there, refused, or run here after all.",
                      [&forwards] {
                        const auto sample = [](const char* what, const auto& count) {
                          return Sample{{{"what", what}}, static_cast<double>(count.load())};
                        };
                        return std::vector<Sample>{
                            sample("sent", forwards.forwarded), sample("taken", forwards.taken),
                            sample("refused", forwards.refused), sample("rerun", forwards.rerun)};
                      });
  const chat::SweeperStats& sweeper = sources.fleet_member->sweeper_stats();
  metrics.AddCounters("parley_swept_conversations_total",
                      "Conversations that were active and looked at: seen, with effects to finish, "
                      "with a head to tell, or not to be read.",
                      [&sweeper] {
                        const auto sample = [](const char* what, const auto& count) {
                          return Sample{{{"what", what}}, static_cast<double>(count.load())};
                        };
                        return std::vector<Sample>{
                            sample("seen", sweeper.looked_at), sample("finished", sweeper.finished),
                            sample("told", sweeper.told), sample("failed", sweeper.failed)};
                      });
}

}  // namespace

void RegisterFleetMetrics(metrics::Metrics& metrics, const MetricSources& sources) {
  if (sources.stores->cluster != nullptr) {
    RegisterCassandra(metrics, sources.stores->cluster->session());
  }
  if (const BusParts::Nats* nats = sources.bus->nats()) {
    RegisterNats(metrics, *nats);
    RegisterNodes(metrics, *nats, sources);
  }
}

}  // namespace parley::app
