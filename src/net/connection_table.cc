#include "net/connection_table.h"

namespace parley::net {

void ConnectionTable::Add(Connection& connection, SteadyTime deadline) {
  connection.slot_ = entries_.size();
  entries_.push_back({deadline, &connection});
}

void ConnectionTable::Remove(Connection& connection) {
  Entry& freed = entries_[connection.slot_];
  freed = entries_.back();
  freed.connection->slot_ = connection.slot_;
  entries_.pop_back();
}

template <class Visit>
void ConnectionTable::ForEach(Visit visit) {
  // Backwards: where the visited one leaves, the last, visited already, moves into its slot.
  for (std::size_t i = entries_.size(); i-- > 0;) {
    if (i < entries_.size()) visit(entries_[i]);
  }
}

void ConnectionTable::Sweep(SteadyTime now) {
  ForEach([now](Entry& entry) {
    if (entry.deadline > now) return;
    entry.deadline = kNever;
    entry.connection->OnDeadline();
  });
}

void ConnectionTable::Stop() {
  ForEach([](Entry& entry) { entry.connection->Stop(); });
}

void ConnectionTable::Drain(SteadyTime start, std::chrono::milliseconds spread) {
  const auto count = static_cast<std::int64_t>(entries_.size());
  std::int64_t turn = 0;
  ForEach([&](Entry& entry) {
    entry.connection->DrainAt(start + std::chrono::steady_clock::duration(spread) * turn / count);
    ++turn;
  });
}

}  // namespace parley::net
