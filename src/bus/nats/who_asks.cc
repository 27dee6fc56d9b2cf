#include "bus/nats/who_asks.h"

#include <algorithm>
#include <utility>

namespace parley::bus {

WhoAsks::Number WhoAsks::Add(const std::vector<NodeId>& nodes, std::size_t people,
                             runtime::Completer<Answer> done) {
  std::map<NodeId, std::size_t> missing;
  for (const NodeId& node : nodes) missing.emplace(node, people);
  const std::lock_guard lock(mutex_);
  const Number number = ++last_;
  questions_.emplace(number, Question{std::move(missing), {}, std::move(done)});
  return number;
}

void WhoAsks::Hear(Number number, const HeldNews& news) {
  bool complete = false;
  {
    const std::lock_guard lock(mutex_);
    const auto it = questions_.find(number);
    if (it == questions_.end()) return;
    Question& question = it->second;
    for (const PresenceNews& each : news.news) {
      if (each.online) question.connected.insert(each.user);
    }
    if (const auto node = question.missing.find(news.node); node != question.missing.end()) {
      node->second -= std::min(node->second, news.news.size());
      if (node->second == 0) question.missing.erase(node);
    }
    complete = question.missing.empty();
  }
  if (complete) End(number);
}

void WhoAsks::End(Number number) {
  std::unique_lock lock(mutex_);
  auto node = questions_.extract(number);
  if (node.empty()) return;
  lock.unlock();
  const std::set<UserId>& connected = node.mapped().connected;
  node.mapped().done(std::vector<UserId>(connected.begin(), connected.end()));
}

}  // namespace parley::bus
