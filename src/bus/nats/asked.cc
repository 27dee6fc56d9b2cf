#include "bus/nats/asked.h"

#include <cassert>

namespace parley::bus {

Asked::Number Asked::Add(NodeId node, Time deadline, Fleet::AskDone& done) {
  runtime::Shard* const shard = runtime::Shard::Current();
  assert(shard != nullptr && "ask on a shard");
  const std::lock_guard lock(mutex_);
  if (ended_ || entries_.size() >= most_) return 0;
  const Number number = ++last_;
  entries_.emplace(number, Entry{node, shard, deadline, std::move(done)});
  by_deadline_.emplace(deadline, number);
  return number;
}

bool Asked::End(Number number, Result<std::string> answer) {
  std::unique_lock lock(mutex_);
  auto node = entries_.extract(number);
  if (node.empty()) return false;
  by_deadline_.erase({node.mapped().deadline, number});
  lock.unlock();
  Finish(std::move(node.mapped()), std::move(answer));
  return true;
}

std::size_t Asked::Expire(Time now) {
  std::vector<Number> due;
  {
    const std::lock_guard lock(mutex_);
    due.reserve(by_deadline_.size());
    for (const auto& [deadline, number] : by_deadline_) {
      if (deadline > now) break;
      due.push_back(number);
    }
  }
  return EndAsUnknown(due, "the other node did not answer in time");
}

std::size_t Asked::Lose(std::optional<NodeId> node) {
  std::vector<Number> lost;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, entry] : entries_) {
      if (!node || entry.node == *node) lost.push_back(number);
    }
  }
  return EndAsUnknown(lost, "a connection was lost on the way to the other node or back");
}

std::size_t Asked::EndAsUnknown(const std::vector<Number>& numbers, const char* why) {
  std::size_t ended = 0;
  for (const Number number : numbers) {
    ended += End(number, Status(StatusCode::kUnknown, why)) ? 1 : 0;
  }
  return ended;
}

Asked::Time Asked::next_deadline() const {
  const std::lock_guard lock(mutex_);
  return by_deadline_.empty() ? Time::max() : by_deadline_.begin()->first;
}

std::size_t Asked::EndAll(const Status& status) {
  std::map<Number, Entry> all;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    all.swap(entries_);
    by_deadline_.clear();
  }
  for (auto& [number, entry] : all) Finish(std::move(entry), status);
  return all.size();
}

std::size_t Asked::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void Asked::Finish(Entry entry, Result<std::string> answer) {
  entry.shard->Post([done = std::move(entry.done), answer = std::move(answer)]() mutable {
    done(std::move(answer));
  });
}

}  // namespace parley::bus
