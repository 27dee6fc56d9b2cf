#include "app/bus_parts.h"

#include <string>
#include <utility>

namespace parley::app {
namespace {

std::string NodeName(const Config& config) {
  return config.node_name.empty() ? config.listen.ToString() : config.node_name;
}

bus::NatsLinkOptions LinkOptions(const Config& config) {
  const NatsSettings& nats = config.bus.nats;
  bus::NatsLinkOptions options;
  options.urls = nats.urls;
  options.name = "parleyd " + NodeName(config);
  options.user = nats.username;
  options.password = nats.password;
  options.ca_file = nats.ca_file;
  return options;
}

bus::NatsFleetOptions FleetOptions(const Config& config) {
  bus::NatsFleetOptions options;
  options.prefix = config.bus.nats.prefix;
  options.name = NodeName(config);
  options.heartbeat = config.bus.heartbeat;
  options.silence = config.bus.silence;
  return options;
}

bus::NatsBusOptions BusOptions(const Config& config) {
  bus::NatsBusOptions options;
  options.prefix = config.bus.nats.prefix;
  return options;
}

bus::NatsPresenceOptions PresenceOptions(const Config& config) {
  bus::NatsPresenceOptions options;
  options.prefix = config.bus.nats.prefix;
  return options;
}

bus::NodeId NewNodeId(Clock& clock, Random& random) {
  return bus::NodeId(Uuid::Version7(clock.Now(), random));
}

}  // namespace

BusParts::Nats::Nats(const Config& config, const std::vector<runtime::Shard*>& shards,
                     bus::Bus& local_bus, bus::Presence& local_presence, Clock& clock,
                     Random& random, ProcessLogger& log)
    : events(LinkOptions(config), shard, log),
      words(LinkOptions(config), shard, log),
      fleet(NewNodeId(clock, random), words, FleetOptions(config), clock, log),
      bus(local_bus, events, fleet, shards, BusOptions(config)),
      presence(local_presence, events, fleet, shards, PresenceOptions(config)) {}

BusParts::BusParts(const Config& config, const std::vector<runtime::Shard*>& shards, Clock& clock,
                   Random& random, ProcessLogger& log)
    : local_bus_(shards), local_presence_(shards, config.presence_linger) {
  if (config.bus.engine != BusEngine::kNats) return;
  nats_ = std::make_unique<Nats>(config, shards, local_bus_, local_presence_, clock, random, log);
}

BusParts::~BusParts() { Stop(); }

bus::Bus& BusParts::bus() {
  if (nats_) return nats_->bus;
  return local_bus_;
}

bus::Presence& BusParts::presence() {
  if (nats_) return nats_->presence;
  return local_presence_;
}

void BusParts::OnPause(UniqueFunction<void()> paused) {
  nats_->fleet.OnPause([this, paused = std::move(paused)]() mutable {
    paused();
    nats_->bus.Gap();
    nats_->presence.Gap();
  });
}

void BusParts::Start() {
  if (!nats_) return;
  nats_->shard.Start();
  nats_->events.Start();
  nats_->words.Start();
  nats_->fleet.Start();
}

void BusParts::Stop() {
  if (!nats_) return;
  nats_->fleet.Stop();
  nats_->words.Close();
  nats_->events.Close();
  nats_->shard.Stop();
}

}  // namespace parley::app
