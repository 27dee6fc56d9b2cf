#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bench/options.h"
#include "bench/peer.h"
#include "bench/plan.h"
#include "client/url.h"

namespace parley::bench {

/// What the generator can speak: Parley's protocol, and those of servers to compare it with.
enum class Protocol { kParley, kRelay, kDurableRelay, kNats, kJetStream, kMqtt, kXmpp };

/// A server, and how to talk to it.
struct Endpoint {
  Protocol protocol = Protocol::kParley;
  client::ServerUrl url;
};

/// `http://HOST:PORT` is a Parley server; `relay://`, `durable-relay://`, `nats://`,
/// `jetstream://`, `mqtt://` and `xmpp://` are the others. kInvalidArgument: anything else.
Result<Endpoint> ParseEndpoint(std::string_view text);

/// What the servers of a run speak; the first one's URL tells.
Protocol ProtocolOf(const Options& options);

/// The account of a person at servers that are not Parley: bench-0, bench-1, ... with one password.
/// XMPP servers must know them in the domain `localhost`; the others take anybody.
Person NamedPerson(std::size_t index);
/// Fills a plan with them.
void NamePeople(std::size_t count, Plan& plan);
/// The group that all of them are in.
constexpr std::string_view kGroupName = "bench-group";

std::unique_ptr<Peer> MakePeer(Protocol protocol, WorkerContext& context, Peer::Observer& observer,
                               std::uint32_t index, const Person& person, std::vector<Held> held,
                               std::size_t target);

}  // namespace parley::bench
