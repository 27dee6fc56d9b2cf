#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "runtime/completer.h"
#include "runtime/task.h"
#include "storage/cached/cache_options.h"
#include "storage/cached/flight.h"
#include "storage/cached/lru.h"

namespace parley::storage::cached {

/// One table's cache: a sharded LRU with single flight. Any thread.
///
/// Three rules keep it honest:
/// - Whoever writes to the store calls Change (or Erase) when the write is done, before it is
///   acknowledged. From then on nobody joins a read that began earlier, and what such a read
///   answers is not kept.
/// - A value never replaces one that is true at a later moment (Traits::Replaces).
/// - That something does not exist is answered, and not kept.
///
/// Where others write to the store as well (AgeLimit), nobody tells for certain when a row is
/// written. So what is kept is answered for `max_age` only, from when its read began on; and who
/// joined a read that found nothing reads again: it may have begun before the row was written.
///
/// Traits: Key; Hash; Loaded, what a read answers (cheap to copy, immutable); Value, what is kept
/// and changed in place under the lock; Keep(Loaded), the Value; Load(Value), the Loaded;
/// Bytes(Value); Replaces(next, current); KeyOf(Loaded) where GetMany is used.
template <class Traits>
class ReadThrough {
 public:
  using Key = typename Traits::Key;
  using Hash = typename Traits::Hash;
  using Loaded = typename Traits::Loaded;
  using Value = typename Traits::Value;

  explicit ReadThrough(std::size_t max_bytes, std::optional<AgeLimit> ages = std::nullopt)
      : ages_(std::move(ages)) {
    for (std::size_t i = 0; i < kSegments; ++i) segments_.emplace_back(max_bytes / kSegments);
  }

  /// Of this key: what is kept; or what the read under way answers; or what `read()`, a task,
  /// answers. Suspends but in the first case.
  template <class Read>
  runtime::Task<Result<Loaded>> Get(Key key, Read read) {
    Looked looked = Lookup(key);
    if (const Loaded* hit = std::get_if<Loaded>(&looked)) co_return *hit;
    if (const FlightPtr* flight = std::get_if<FlightPtr>(&looked)) {
      Result<Loaded> answer = co_await Await(*flight);
      if (!MustReadAgain(answer.status())) co_return answer;
      co_return co_await Run(BeginFresh(key), std::move(read));
    }
    co_return co_await Run(std::get<Fill>(std::move(looked)), std::move(read));
  }

  /// What `read()` answers, in any case; kept.
  template <class Read>
  runtime::Task<Result<Loaded>> Refresh(Key key, Read read) {
    co_return co_await Run(BeginFresh(key), std::move(read));
  }

  /// Of those that exist, in the order asked for: `read(keys)`, a task, is asked once for all that
  /// nobody has or reads.
  template <class ReadMany>
  runtime::Task<Result<std::vector<Loaded>>> GetMany(std::vector<Key> keys, ReadMany read);

  /// `use(value)`, under the lock, of what is kept; nothing if that is nothing. A miss is not
  /// counted: Get follows.
  template <class Use>
  auto Peek(const Key& key, Use use) -> std::optional<std::invoke_result_t<Use, const Value&>> {
    Segment& segment = SegmentOf(key);
    const Moment now = Now();
    const std::lock_guard lock(segment.mutex);
    const Kept* kept = FindGood(segment, key, now);
    if (kept == nullptr) return std::nullopt;
    ++segment.counts.hits;
    return use(kept->value);
  }

  /// The key's row was written: keeps `change(value or null)`, if anything, instead of what was
  /// kept. Called under the lock.
  template <class ChangeValue>
  void Change(const Key& key, ChangeValue change) {
    Segment& segment = SegmentOf(key);
    const Moment now = Now();
    const std::lock_guard lock(segment.mutex);
    segment.Outdate(key);
    Kept* kept = FindGood(segment, key, now);
    // A change of a part makes the rest no younger.
    const Moment since = kept != nullptr ? kept->since : now;
    if (std::optional<Value> next = change(kept != nullptr ? &kept->value : nullptr)) {
      segment.Keep(key, *std::move(next), since);
    } else {
      segment.kept.Erase(key);
    }
  }
  void Erase(const Key& key) {
    Change(key, [](Value*) { return std::optional<Value>(); });
  }

  /// As if every row had been written.
  void Forget() {
    for (Segment& segment : segments_) {
      const std::lock_guard lock(segment.mutex);
      segment.kept.Clear();
      for (auto& [key, fills] : segment.fills) {
        ++fills.generation;
        fills.joinable = nullptr;
      }
    }
  }

  CacheCounts counts() const {
    CacheCounts sum;
    for (const Segment& segment : segments_) {
      const std::lock_guard lock(segment.mutex);
      sum.hits += segment.counts.hits;
      sum.misses += segment.counts.misses;
      sum.joins += segment.counts.joins;
      sum.bytes += segment.kept.bytes();
    }
    return sum;
  }

 private:
  using FlightPtr = std::shared_ptr<Flight<Loaded>>;
  using Moment = std::chrono::steady_clock::time_point;

  static constexpr int kSegmentBits = 4;
  static constexpr std::size_t kSegments = std::size_t{1} << kSegmentBits;

  struct Kept {
    Value value{};
    Moment since;  ///< when its read began; only where ages count
  };

  /// The reads of one key that are under way.
  struct Fills {
    std::size_t count = 0;
    std::uint64_t generation = 0;  ///< rises with each write: who began before it keeps nothing
    FlightPtr joinable;            ///< began after the last write
    Moment since;                  ///< when `joinable` began; only where ages count
  };

  struct Segment {
    explicit Segment(std::size_t max_bytes) : kept(max_bytes) {}

    void Keep(const Key& key, Value value, Moment since) {
      constexpr std::size_t kNodeBytes = 128;
      const std::size_t bytes = Traits::Bytes(value) + kNodeBytes;
      kept.Put(key, Kept{std::move(value), since}, bytes);
    }
    void Outdate(const Key& key) {
      const auto found = fills.find(key);
      if (found == fills.end()) return;
      ++found->second.generation;
      found->second.joinable = nullptr;
    }

    mutable std::mutex mutex;
    Lru<Key, Kept, Hash> kept;                   // guarded by mutex
    std::unordered_map<Key, Fills, Hash> fills;  // guarded by mutex
    CacheCounts counts;                          // guarded by mutex
  };

  enum class Origin { kMiss, kFresh };

  /// The duty to read a key and to say what came of it, at the latest in the destructor.
  class Fill {
   public:
    Fill(ReadThrough* owner, Key key, std::uint64_t generation, Moment since, Origin origin,
         FlightPtr flight)
        : owner_(owner),
          key_(std::move(key)),
          generation_(generation),
          since_(since),
          origin_(origin),
          flight_(std::move(flight)) {}
    Fill(Fill&&) noexcept = default;
    Fill& operator=(Fill&&) = delete;
    ~Fill() {
      if (flight_) Finish(Unavailable("the read was given up"));
    }

    void Finish(const Result<Loaded>& answer) {
      owner_->EndFill(*this, answer.ok() ? &*answer : nullptr);
      std::exchange(flight_, nullptr)->Land(answer);
    }

   private:
    friend ReadThrough;

    ReadThrough* owner_;
    Key key_;
    std::uint64_t generation_;
    Moment since_;
    Origin origin_;
    FlightPtr flight_;
  };

  using Looked = std::variant<Loaded, FlightPtr, Fill>;

  /// Not asked for where ages do not count: a hit costs no look at the clock.
  Moment Now() const { return ages_ ? ages_->now() : Moment(); }
  bool IsGood(Moment since, Moment now) const { return !ages_ || now - since < ages_->max_age; }
  bool MustReadAgain(const Status& joined) const {
    return ages_ && joined.code() == StatusCode::kNotFound;
  }
  /// With the segment's lock.
  Kept* FindGood(Segment& segment, const Key& key, Moment now) {
    Kept* kept = segment.kept.Find(key);
    return kept != nullptr && IsGood(kept->since, now) ? kept : nullptr;
  }

  /// What is kept of many keys, each at the place of its key: one lock for all of a segment. Of a
  /// few keys nothing: each is looked up alone.
  std::vector<std::optional<Loaded>> FindKept(const std::vector<Key>& keys) {
    std::vector<std::optional<Loaded>> found(keys.size());
    if (keys.size() <= kSegments) return found;
    std::array<std::vector<std::size_t>, kSegments> of_segments;
    for (auto& places : of_segments) places.reserve(keys.size() / kSegments * 2);
    for (std::size_t i = 0; i < keys.size(); ++i) of_segments[SegmentAt(keys[i])].push_back(i);
    const Moment now = Now();
    for (std::size_t s = 0; s < kSegments; ++s) {
      if (of_segments[s].empty()) continue;
      Segment& segment = segments_[s];
      const std::lock_guard lock(segment.mutex);
      for (const std::size_t i : of_segments[s]) {
        const Kept* kept = FindGood(segment, keys[i], now);
        if (kept == nullptr) continue;
        ++segment.counts.hits;
        found[i] = Traits::Load(kept->value);
      }
    }
    return found;
  }

  Looked Lookup(const Key& key) {
    Segment& segment = SegmentOf(key);
    const Moment now = Now();
    const std::lock_guard lock(segment.mutex);
    if (const Kept* kept = FindGood(segment, key, now)) {
      ++segment.counts.hits;
      return Looked(std::in_place_index<0>, Traits::Load(kept->value));
    }
    Fills& fills = segment.fills[key];
    if (fills.joinable && IsGood(fills.since, now)) {
      ++segment.counts.joins;
      return Looked(std::in_place_index<1>, fills.joinable);
    }
    ++segment.counts.misses;
    ++fills.count;
    fills.joinable = std::make_shared<Flight<Loaded>>();
    fills.since = now;
    return Looked(std::in_place_index<2>, this, key, fills.generation, now, Origin::kMiss,
                  fills.joinable);
  }

  Fill BeginFresh(const Key& key) {
    Segment& segment = SegmentOf(key);
    const Moment now = Now();
    const std::lock_guard lock(segment.mutex);
    Fills& fills = segment.fills[key];
    ++segment.counts.misses;
    ++fills.count;
    return Fill(this, key, fills.generation, now, Origin::kFresh,
                std::make_shared<Flight<Loaded>>());
  }

  void EndFill(const Fill& fill, const Loaded* loaded) {
    const Key& key = fill.key_;
    Segment& segment = SegmentOf(key);
    const std::lock_guard lock(segment.mutex);
    Fills& fills = segment.fills.at(key);
    if (loaded != nullptr && fills.generation == fill.generation_) {
      Value value = Traits::Keep(*loaded);
      const Kept* current = segment.kept.Find(key);
      if (current == nullptr ||
          (current->since <= fill.since_ && Traits::Replaces(value, current->value))) {
        segment.Keep(key, std::move(value), fill.since_);
      }
      // Reads that began before may be older than this one, which somebody relies on.
      if (fill.origin_ == Origin::kFresh) segment.Outdate(key);
    }
    if (fills.joinable == fill.flight_) fills.joinable = nullptr;
    if (--fills.count == 0) segment.fills.erase(key);
  }

  template <class Read>
  static runtime::Task<Result<Loaded>> Run(Fill fill, Read read) {
    Result<Loaded> loaded = co_await read();
    fill.Finish(loaded);
    co_return loaded;
  }

  static runtime::Task<Result<Loaded>> Await(FlightPtr flight) {
    co_return co_await runtime::AwaitCompletion<Result<Loaded>>(
        [flight = std::move(flight)](runtime::Completer<Result<Loaded>> waiter) {
          flight->Join(std::move(waiter));
        });
  }

  static std::size_t SegmentAt(const Key& key) {
    // The map inside the segment uses the low bits.
    const std::uint64_t spread = Hash()(key) * 0x9E3779B97F4A7C15ULL;
    return spread >> (64 - kSegmentBits);
  }
  Segment& SegmentOf(const Key& key) { return segments_[SegmentAt(key)]; }

  const std::optional<AgeLimit> ages_;
  std::deque<Segment> segments_;  // as many as kSegments, never moved
};

template <class Traits>
template <class ReadMany>
auto ReadThrough<Traits>::GetMany(std::vector<Key> keys, ReadMany read)
    -> runtime::Task<Result<std::vector<Loaded>>> {
  std::vector<std::optional<Loaded>> found = FindKept(keys);
  std::vector<Key> missing;
  std::vector<std::pair<std::size_t, Fill>> fills;  // of the missing keys, in the same order
  std::vector<std::pair<std::size_t, FlightPtr>> joined;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (found[i]) continue;
    Looked looked = Lookup(keys[i]);
    if (Loaded* hit = std::get_if<Loaded>(&looked)) {
      found[i] = std::move(*hit);
    } else if (FlightPtr* flight = std::get_if<FlightPtr>(&looked)) {
      joined.emplace_back(i, std::move(*flight));
    } else {
      missing.push_back(keys[i]);
      fills.emplace_back(i, std::get<Fill>(std::move(looked)));
    }
  }

  // Our own reads first: who waits for others before that may wait for one who waits for us.
  if (!missing.empty()) {
    Result<std::vector<Loaded>> answer = co_await read(std::move(missing));
    std::unordered_map<Key, Loaded, Hash> loaded;
    if (answer.ok()) {
      for (Loaded& value : *answer) loaded.emplace(Traits::KeyOf(value), value);
    }
    for (auto& [i, fill] : fills) {
      if (const auto at = loaded.find(keys[i]); at != loaded.end()) {
        found[i] = at->second;
        fill.Finish(at->second);
      } else {
        fill.Finish(answer.ok() ? NotFound("there is no such thing") : answer.status());
      }
    }
    if (!answer.ok()) co_return answer.status();
  }
  for (auto& [i, flight] : joined) {
    Result<Loaded> answer = co_await Await(std::move(flight));
    if (MustReadAgain(answer.status())) {
      PARLEY_CO_ASSIGN(std::vector<Loaded> alone, co_await read(std::vector<Key>{keys[i]}));
      if (!alone.empty()) answer = std::move(alone.front());
    }
    if (answer.ok()) {
      found[i] = *std::move(answer);
    } else if (answer.status().code() != StatusCode::kNotFound) {
      co_return answer.status();
    }
  }

  std::vector<Loaded> values;
  values.reserve(found.size());
  for (std::optional<Loaded>& value : found) {
    if (value) values.push_back(*std::move(value));
  }
  co_return values;
}

/// Traits of what is kept as it is read: an immutable T behind a pointer.
template <class KeyType, class T, class KeyHash = std::hash<KeyType>>
struct SharedTraits {
  using Key = KeyType;
  using Hash = KeyHash;
  using Loaded = std::shared_ptr<const T>;
  using Value = std::shared_ptr<const T>;
  static Value Keep(const Loaded& loaded) { return loaded; }
  static Loaded Load(const Value& value) { return value; }
  static bool Replaces(const Value& /*next*/, const Value& /*current*/) { return true; }
};

}  // namespace parley::storage::cached
