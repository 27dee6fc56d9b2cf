#include "bench/protocols/protocol.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "bench/parley_peer.h"
#include "bench/protocols/mqtt_peer.h"
#include "bench/protocols/nats_peer.h"
#include "bench/protocols/relay_peer.h"
#include "bench/protocols/xmpp_peer.h"

namespace parley::bench {
namespace {

constexpr std::array<std::pair<std::string_view, Protocol>, 6> kSchemes{{
    {"relay://", Protocol::kRelay},
    {"durable-relay://", Protocol::kDurableRelay},
    {"nats://", Protocol::kNats},
    {"jetstream://", Protocol::kJetStream},
    {"mqtt://", Protocol::kMqtt},
    {"xmpp://", Protocol::kXmpp},
}};

Protocol ProtocolOfUrl(std::string_view text) {
  const auto* const found = std::ranges::find_if(
      kSchemes, [text](const auto& scheme) { return text.starts_with(scheme.first); });
  return found == kSchemes.end() ? Protocol::kParley : found->second;
}

}  // namespace

Protocol ProtocolOf(const Options& options) {
  return options.servers.empty() ? Protocol::kParley : ProtocolOfUrl(options.servers.front());
}

Result<Endpoint> ParseEndpoint(std::string_view text) {
  Endpoint endpoint{ProtocolOfUrl(text), {}};
  // Host and port are written as in the URLs that the client library knows.
  const std::string_view rest =
      endpoint.protocol == Protocol::kParley ? text : text.substr(text.find("://") + 3);
  PARLEY_ASSIGN(endpoint.url, client::ParseServerUrl(rest));
  return endpoint;
}

Person NamedPerson(std::size_t index) { return {fmt::format("bench-{}", index), "parley-bench"}; }

void NamePeople(std::size_t count, Plan& plan) {
  for (std::size_t i = 0; i < count; ++i) plan.people.push_back(NamedPerson(i));
  // Rooms go by their members alone: to the other one, or to the group.
  for (std::size_t i = 0; i < plan.rooms.size(); ++i) plan.rooms[i].id = std::to_string(i);
}

std::unique_ptr<Peer> MakePeer(Protocol protocol, WorkerContext& context, Peer::Observer& observer,
                               std::uint32_t index, const Person& person, std::vector<Held> held,
                               std::size_t target) {
  switch (protocol) {
    case Protocol::kRelay:
      return std::make_unique<RelayPeer>(context, observer, index, std::move(held), target,
                                         RelayPeer::Kind::kPlain);
    case Protocol::kDurableRelay:
      return std::make_unique<RelayPeer>(context, observer, index, std::move(held), target,
                                         RelayPeer::Kind::kDurable);
    case Protocol::kNats:
      return std::make_unique<NatsPeer>(context, observer, index, std::move(held), target,
                                        NatsPeer::Kind::kCore);
    case Protocol::kJetStream:
      return std::make_unique<NatsPeer>(context, observer, index, std::move(held), target,
                                        NatsPeer::Kind::kJetStream);
    case Protocol::kMqtt:
      return std::make_unique<MqttPeer>(context, observer, index, std::move(held), target);
    case Protocol::kXmpp:
      return std::make_unique<XmppPeer>(context, observer, index, person, std::move(held), target);
    case Protocol::kParley:
      break;
  }
  return std::make_unique<ParleyPeer>(context, observer, index, person, std::move(held), target);
}

}  // namespace parley::bench
