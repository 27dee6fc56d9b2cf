#include <map>
#include <utility>

#include "bus/nats/link_source.h"
#include "bus/nats/nats_link.h"
#include "bus/nats/real_nats.h"
#include "bus/nats/tcp_gate.h"
#include "runtime/shard.h"

namespace parley::bus {
namespace {

/// A link and the shard that it lives on.
struct LinkOnShard {
  LinkOnShard(NatsLinkOptions options, Logger& log) : link(std::move(options), shard, log) {
    shard.Start();
  }

  runtime::Shard shard;
  NatsLink link;
};

/// Each link has a gate of its own, before one of the servers in turn.
class RealLinkSource : public LinkSource {
 public:
  std::shared_ptr<Link> Make() override {
    NatsLinkOptions options = RealNats();
    const NatsAddress address = ParseAddress(options.urls[gates_.size() % options.urls.size()]);
    auto gate = std::make_unique<TcpGate>(address.host, address.port);
    options.urls = {address.scheme + "127.0.0.1:" + std::to_string(gate->port())};
    auto made = std::make_shared<LinkOnShard>(std::move(options), log_);
    gates_.emplace(&made->link, std::move(gate));
    return {made, &made->link};
  }
  void CutOff(const Link& link) override { gates_.at(&link)->Shut(); }
  void Restore(const Link& link) override { gates_.at(&link)->Open(); }

 private:
  NullLogger log_;
  std::map<const Link*, std::unique_ptr<TcpGate>> gates_;
};

}  // namespace

std::shared_ptr<LinkSource> MakeLinkSource() { return std::make_shared<RealLinkSource>(); }

}  // namespace parley::bus
