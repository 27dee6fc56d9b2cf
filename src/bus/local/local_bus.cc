#include "bus/local/local_bus.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "bus/local/subscriber_table.h"

namespace parley::bus {

namespace {

/// Runs `end` when it is destroyed.
class LocalSubscription : public Subscription {
 public:
  explicit LocalSubscription(UniqueFunction<void()> end) : end_(std::move(end)) {}
  ~LocalSubscription() override { end_(); }
  LocalSubscription(const LocalSubscription&) = delete;
  LocalSubscription& operator=(const LocalSubscription&) = delete;

 private:
  UniqueFunction<void()> end_;
};

}  // namespace

LocalBus::LocalBus(std::vector<runtime::Shard*> shards) : shards_(std::move(shards)) {
  for (runtime::Shard* shard : shards_) {
    tables_.push_back(std::make_unique<SubscriberTable>(*shard));
  }
}

LocalBus::~LocalBus() = default;

std::unique_ptr<Subscription> LocalBus::Subscribe(UserId user, Subscriber& subscriber) {
  const auto it = std::find(shards_.begin(), shards_.end(), runtime::Shard::Current());
  assert(it != shards_.end() && "subscribe on a shard of the bus");
  SubscriberTable* table = tables_[static_cast<std::size_t>(it - shards_.begin())].get();
  table->Add(user, &subscriber);
  return std::make_unique<LocalSubscription>(
      [table, user, subscriber = &subscriber] { table->Remove(user, subscriber); });
}

std::unique_ptr<Subscription> LocalBus::Follow(ConversationId /*conversation*/,
                                               Subscriber& /*subscriber*/) {
  return std::make_unique<Subscription>();
}

runtime::Task<Status> LocalBus::Settle() { co_return Status::Ok(); }

std::unique_ptr<Subscription> LocalBus::OnGap(UniqueFunction<void()> /*gap*/) {
  return std::make_unique<Subscription>();
}

void LocalBus::Publish(EventPtr event, Recipients recipients) {
  published_.Add();
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    shards_[i]->Post(
        [table = tables_[i].get(), event, recipients] { table->Deliver(event, recipients); });
  }
}

}  // namespace parley::bus
