#include "storage/group_committer.h"

#include <algorithm>
#include <utility>

namespace parley::storage {
namespace {

/// About how many bytes of text an append carries.
std::size_t TextBytes(const AppendRequest& request) {
  std::size_t bytes = 0;
  for (const EntryPtr& entry : request.entries) {
    if (entry->is_message()) bytes += entry->message().text.size();
  }
  return bytes;
}

}  // namespace

GroupCommitter::GroupCommitter(LogWriter& writer, const CommitOptions& options)
    : writer_(writer), options_(options), thread_([this] { Loop(); }) {}

GroupCommitter::~GroupCommitter() { Stop(); }

void GroupCommitter::Submit(std::shared_ptr<const AppendRequest> request, AppendDone done) {
  const auto now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      waiting_.push_back({.request = std::move(request), .done = std::move(done), .since = now});
      if (!gathering_ || waiting_.size() == options_.enough) wake_.notify_one();
      return;
    }
  }
  done(AppendOutcome::kRefused);
}

void GroupCommitter::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

CommitStats GroupCommitter::stats() const {
  CommitStats stats;
  {
    const std::lock_guard lock(mutex_);
    stats = stats_;
    stats.waiting = waiting_.size();
  }
  stats.group_entries = group_entries_.Read();
  stats.append_seconds = append_seconds_.Read();
  stats.write_seconds = write_seconds_.Read();
  return stats;
}

void GroupCommitter::Loop() {
  while (true) {
    std::vector<PendingAppend> group = TakeGroup();
    if (group.empty()) return;
    const auto begin = std::chrono::steady_clock::now();
    const bool synced = writer_.Write(group);
    const auto took = std::chrono::steady_clock::now() - begin;
    if (synced) write_seconds_.Observe(took);
    Complete(group, synced);
    gather_until_ = std::chrono::steady_clock::now() +
                    std::min<std::chrono::nanoseconds>(took * options_.gather, options_.max_gather);
  }
}

/// Nobody wakes the thread for each append that comes meanwhile.
void GroupCommitter::Gather(std::unique_lock<std::mutex>& lock) {
  gathering_ = true;
  wake_.wait_until(lock, gather_until_,
                   [this] { return stopping_ || waiting_.size() >= options_.enough; });
  gathering_ = false;
}

/// Waits for work; empty only when stopping with nothing left.
std::vector<PendingAppend> GroupCommitter::TakeGroup() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (more_came_) Gather(lock);

  std::size_t entries = 0;
  std::size_t bytes = 0;
  auto end = waiting_.begin();
  for (; end != waiting_.end(); ++end) {
    entries += end->request->entries.size();
    bytes += TextBytes(*end->request);
    const bool first = end == waiting_.begin();  // always goes, whatever its size
    if (!first && (entries > options_.max_entries || bytes > options_.max_bytes)) break;
  }
  if (end == waiting_.end()) return std::exchange(waiting_, {});

  std::vector<PendingAppend> group(std::make_move_iterator(waiting_.begin()),
                                   std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return group;
}

void GroupCommitter::Complete(std::vector<PendingAppend>& group, bool synced) {
  std::uint64_t requests = 0;
  std::uint64_t entries = 0;
  const auto now = std::chrono::steady_clock::now();
  for (const PendingAppend& append : group) {
    if (append.outcome != AppendOutcome::kCommitted) continue;
    ++requests;
    entries += append.request->entries.size();
    append_seconds_.Observe(now - append.since);
  }
  if (synced) group_entries_.ObserveCount(entries);
  {
    // Before anybody is answered: who has an ack finds it counted.
    const std::lock_guard lock(mutex_);
    more_came_ = !waiting_.empty();
    if (synced) ++stats_.syncs;
    stats_.requests += requests;
    stats_.entries += entries;
  }
  for (PendingAppend& append : group) append.done(append.outcome);
}

}  // namespace parley::storage
