#include "bus/local/local_bus.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "bus/local/subscriber_table.h"

namespace parley::bus {

namespace {

/// Of so many recipients for each shard nearly every shard has one: they are not looked for.
constexpr std::size_t kSoughtPerShard = 4;

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

LocalBus::LocalBus(std::vector<runtime::Shard*> shards, std::chrono::milliseconds pace)
    : shards_(std::move(shards)) {
  for (runtime::Shard* shard : shards_) {
    tables_.push_back(std::make_unique<SubscriberTable>(*shard, pace));
  }
}

LocalBus::~LocalBus() = default;

std::unique_ptr<Subscription> LocalBus::Subscribe(UserId user, Subscriber& subscriber) {
  const auto it = std::find(shards_.begin(), shards_.end(), runtime::Shard::Current());
  assert(it != shards_.end() && "subscribe on a shard of the bus");
  const auto shard = static_cast<std::size_t>(it - shards_.begin());
  if (tables_[shard]->Add(user, &subscriber)) directory_.Add(user, shard);
  return std::make_unique<LocalSubscription>([this, shard, user, subscriber = &subscriber] {
    if (tables_[shard]->Remove(user, subscriber)) directory_.Remove(user, shard);
  });
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
  const Wanted wanted = ShardsOf(*recipients);
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (wanted[i] == 0) continue;
    shards_[i]->Post(
        [table = tables_[i].get(), event, recipients] { table->Deliver(event, recipients); });
  }
}

LocalBus::Wanted LocalBus::ShardsOf(const std::vector<UserId>& recipients) const {
  if (recipients.size() > kSoughtPerShard * shards_.size()) return Wanted(shards_.size(), 1);
  Wanted wanted(shards_.size(), 0);
  for (const UserId& user : recipients) {
    directory_.ForEach(user, [&](std::size_t shard) { wanted[shard] = 1; });
  }
  return wanted;
}

}  // namespace parley::bus
