#pragma once

#include <memory>
#include <string>

#include "base/log.h"
#include "bus/nats/link.h"
#include "bus/nats/nats_link_options.h"
#include "runtime/shard.h"

namespace parley::bus {

/// The link to real servers. All of it happens on one shard: what comes is read there and handed to
/// handlers at once, and what gathers to be sent leaves together. Why that is not libnats:
/// docs/decisions/0013-nats-client.md.
class NatsLink : public Link {
 public:
  /// `shard` runs from before Start until after Close; handlers are called there. It and `log`
  /// outlive the link.
  NatsLink(NatsLinkOptions options, runtime::Shard& shard, Logger& log);
  ~NatsLink() override;

  void OnLoss(UniqueFunction<void()> lost) override;
  void Start() override;
  void Close() override;
  Status status() const override;
  Ticket Subscribe(std::string subject, HandlerPtr handler) override;
  void Unsubscribe(Ticket ticket) override;
  bool Publish(std::string subject, std::string reply, Payload data) override;
  bool PublishToEach(std::string prefix, Recipients users, Payload data) override;
  void Flush(UniqueFunction<void(Status)> done) override;
  Stats stats() const override;

 private:
  class Core;

  const std::shared_ptr<Core> core_;
};

}  // namespace parley::bus
