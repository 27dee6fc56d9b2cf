#include "storage/cached/redis/spread_cache.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace parley::storage::cached {
namespace {

/// FNV-1a, which is the same in every build (http://www.isthe.com/chongo/tech/comp/fnv/).
std::uint64_t HashOf(std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char byte : key) {
    hash = (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3ULL;
  }
  return hash ^ hash >> 32;
}

/// The answers of the parts to one Get, as they come.
struct Gathering {
  std::mutex mutex;
  std::size_t missing;     // guarded by mutex
  std::size_t failed = 0;  // guarded by mutex
  std::size_t parts;
  std::vector<RemoteFound> found;                // guarded by mutex
  std::vector<std::vector<std::size_t>> places;  ///< by part: where its keys stand
  RemoteCache::Found done;

  /// True for the last.
  bool Take(std::size_t part, Result<std::vector<RemoteFound>> answer) {
    const std::lock_guard lock(mutex);
    if (answer.ok()) {
      for (std::size_t i = 0; i < places[part].size(); ++i) {
        found[places[part][i]] = std::move((*answer)[i]);
      }
    } else {
      ++failed;
    }
    return --missing == 0;
  }
};

/// The same of one Write.
struct Writing {
  std::mutex mutex;
  std::size_t missing;  // guarded by mutex
  Status status;        // guarded by mutex
  RemoteCache::Done done;

  bool Take(Status answer) {
    const std::lock_guard lock(mutex);
    if (!answer.ok()) status = std::move(answer);
    return --missing == 0;
  }
};

}  // namespace

SpreadCache::SpreadCache(std::vector<std::unique_ptr<RemoteCache>> parts)
    : parts_(std::move(parts)) {}

std::size_t SpreadCache::HomeOf(std::string_view key) const { return HashOf(key) % parts_.size(); }

void SpreadCache::Get(std::vector<std::string> keys, Found done) {
  if (parts_.size() == 1) return parts_.front()->Get(std::move(keys), std::move(done));
  auto gathering = std::make_shared<Gathering>();
  gathering->found.resize(keys.size());
  gathering->places.resize(parts_.size());
  gathering->done = std::move(done);
  std::vector<std::vector<std::string>> by_part(parts_.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::size_t part = HomeOf(keys[i]);
    gathering->places[part].push_back(i);
    by_part[part].push_back(std::move(keys[i]));
  }
  std::erase_if(by_part, [](const auto& part) { return part.empty(); });
  gathering->missing = gathering->parts = by_part.size();
  if (by_part.empty()) return gathering->done(std::vector<RemoteFound>());
  for (std::vector<std::string>& part_keys : by_part) {
    const std::size_t part = HomeOf(part_keys.front());
    parts_[part]->Get(std::move(part_keys),
                      [gathering, part](Result<std::vector<RemoteFound>> answer) {
                        if (!gathering->Take(part, std::move(answer))) return;
                        if (gathering->failed == gathering->parts) {
                          gathering->done(Unavailable("no shared cache answers"));
                        } else {
                          gathering->done(std::move(gathering->found));
                        }
                      });
  }
}

void SpreadCache::Write(std::vector<RemoteWrite> writes, Done done) {
  if (parts_.size() == 1) return parts_.front()->Write(std::move(writes), std::move(done));
  std::vector<std::vector<RemoteWrite>> by_part(parts_.size());
  for (RemoteWrite& write : writes) by_part[HomeOf(write.key)].push_back(std::move(write));
  std::erase_if(by_part, [](const auto& part) { return part.empty(); });
  if (by_part.empty()) return done(Status::Ok());
  auto writing = std::make_shared<Writing>();
  writing->missing = by_part.size();
  writing->done = std::move(done);
  for (std::vector<RemoteWrite>& part_writes : by_part) {
    const std::size_t part = HomeOf(part_writes.front().key);
    parts_[part]->Write(std::move(part_writes), [writing](Status answer) {
      if (writing->Take(std::move(answer))) writing->done(writing->status);
    });
  }
}

RemoteStats SpreadCache::stats() const {
  RemoteStats sum;
  for (const auto& part : parts_) {
    const RemoteStats stats = part->stats();
    sum.calls += stats.calls;
    sum.errors += stats.errors;
    sum.skipped += stats.skipped;
    sum.queued_bytes += stats.queued_bytes;
    sum.connected += stats.connected;
    sum.seconds.count += stats.seconds.count;
    sum.seconds.sum += stats.seconds.sum;
    sum.seconds.bounds = stats.seconds.bounds;
    sum.seconds.counts.resize(stats.seconds.counts.size());
    for (std::size_t i = 0; i < stats.seconds.counts.size(); ++i) {
      sum.seconds.counts[i] += stats.seconds.counts[i];
    }
  }
  return sum;
}

}  // namespace parley::storage::cached
