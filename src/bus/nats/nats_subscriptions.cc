#include "bus/nats/nats_subscriptions.h"

#include <cassert>

namespace parley::bus {
namespace {

/// What one subscription of libnats calls; freed when it has said that it is through.
struct Delivery {
  const Link::HandlerPtr handler;
  const std::shared_ptr<Inbound> inbound;
};

std::string_view TextOf(const char* chars) {
  return chars == nullptr ? std::string_view() : std::string_view(chars);
}

void OnMessage(natsConnection* /*connection*/, natsSubscription* /*subscription*/, natsMsg* message,
               void* closure) {
  const auto* delivery = static_cast<const Delivery*>(closure);
  const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(message));
  delivery->inbound->messages.fetch_add(1, std::memory_order_relaxed);
  delivery->inbound->bytes.fetch_add(size, std::memory_order_relaxed);
  const std::string_view data =
      size == 0 ? std::string_view() : std::string_view(natsMsg_GetData(message), size);
  (*delivery->handler)({TextOf(natsMsg_GetSubject(message)), TextOf(natsMsg_GetReply(message)),
                        data, natsMsg_IsNoResponders(message)});
  natsMsg_Destroy(message);
}

void OnComplete(void* closure) {
  const std::unique_ptr<Delivery> delivery(static_cast<Delivery*>(closure));
  const std::lock_guard lock(delivery->inbound->mutex);
  --delivery->inbound->live;
  delivery->inbound->ended.notify_all();
}

}  // namespace

NatsSubscriptions::~NatsSubscriptions() {
  assert(live_.empty() && "remove all when the connection ends");
}

void NatsSubscriptions::Add(natsConnection* connection, Link::Ticket ticket,
                            const std::string& subject, const Link::HandlerPtr& handler,
                            PendingLimits limits) {
  if (live_.contains(ticket)) return;
  auto delivery = std::make_unique<Delivery>(handler, inbound_);
  natsSubscription* subscription = nullptr;
  if (natsConnection_Subscribe(&subscription, connection, subject.c_str(), &OnMessage,
                               delivery.get()) != NATS_OK) {
    return;
  }
  {
    const std::lock_guard lock(inbound_->mutex);
    ++inbound_->live;
  }
  // From here on it frees itself. Where that fails it is closed already, and may just be calling:
  // then a few bytes stay behind.
  if (natsSubscription_SetOnCompleteCB(subscription, &OnComplete, delivery.release()) != NATS_OK) {
    const std::lock_guard lock(inbound_->mutex);
    --inbound_->live;
  }
  // Refused only of one that is closed.
  static_cast<void>(natsSubscription_SetPendingLimits(subscription, limits.messages, limits.bytes));
  live_.emplace(ticket, subscription);
}

void NatsSubscriptions::Remove(Link::Ticket ticket) {
  const auto it = live_.find(ticket);
  if (it == live_.end()) return;
  natsSubscription_Destroy(it->second);
  live_.erase(it);
}

void NatsSubscriptions::RemoveAll(std::chrono::milliseconds wait) {
  for (const auto& [ticket, subscription] : live_) natsSubscription_Destroy(subscription);
  live_.clear();
  std::unique_lock lock(inbound_->mutex);
  inbound_->ended.wait_for(lock, wait, [this] { return inbound_->live == 0; });
}

}  // namespace parley::bus
