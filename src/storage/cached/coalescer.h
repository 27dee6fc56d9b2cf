#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "runtime/completer.h"
#include "runtime/task.h"
#include "storage/cached/cache_options.h"
#include "storage/cached/flight.h"

namespace parley::storage::cached {

/// Reads of one table, joined and not kept: whoever asks gets the answer of a read that began after
/// they asked. Of one key at most one read is under way; all who come meanwhile share the next one.
/// For tables that others write to as well, where a read under way may miss what the caller must
/// see. Any thread.
///
/// Loaded: what a read answers, cheap to copy, immutable.
template <class Key, class Loaded, class Hash = std::hash<Key>>
class Coalescer {
 public:
  Coalescer() = default;
  Coalescer(const Coalescer&) = delete;
  Coalescer& operator=(const Coalescer&) = delete;

  /// What `read()`, a task, answers, asked by us or by somebody who waits as we do.
  template <class Read>
  runtime::Task<Result<Loaded>> Get(Key key, Read read) {
    Entered entered = Enter(key);
    if (FlightPtr* flight = std::get_if<FlightPtr>(&entered)) {
      co_return co_await Await(std::move(*flight));
    }
    Duty duty = std::get<Duty>(std::move(entered));
    co_await AwaitTurn(&duty);
    Begin(duty);
    Result<Loaded> answer = co_await read();
    duty.Finish(answer);
    co_return answer;
  }

  /// Of those that exist, in the order asked for: `read(keys)`, a task, answers any part of them;
  /// `key_of(loaded)` names each.
  template <class ReadMany, class KeyOf>
  runtime::Task<Result<std::vector<Loaded>>> GetMany(std::vector<Key> keys, ReadMany read,
                                                     KeyOf key_of);

  CacheCounts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  using FlightPtr = std::shared_ptr<Flight<Loaded>>;
  using Found = std::unordered_map<Key, Loaded, Hash>;

  struct Line {
    FlightPtr running;
    FlightPtr next;  ///< has not begun
  };

  /// The duty to read a key and to say what came of it, at the latest in the destructor.
  class Duty {
   public:
    Duty(Coalescer* owner, Key key, FlightPtr flight, FlightPtr before)
        : owner_(owner),
          key_(std::move(key)),
          flight_(std::move(flight)),
          before_(std::move(before)) {}
    Duty(Duty&&) noexcept = default;
    Duty& operator=(Duty&&) = delete;
    ~Duty() {
      if (flight_) Finish(Unavailable("the read was given up"));
    }

    void Finish(const Result<Loaded>& answer) {
      owner_->End(key_, flight_);
      std::exchange(flight_, nullptr)->Land(answer);
    }

   private:
    friend Coalescer;

    Coalescer* owner_;
    Key key_;
    FlightPtr flight_;
    FlightPtr before_;  ///< must have ended before ours begins
  };

  using Entered = std::variant<FlightPtr, Duty>;

  Entered Enter(const Key& key) {
    const std::lock_guard lock(mutex_);
    Line& line = lines_[key];
    if (line.next) {
      ++counts_.joins;
      return line.next;
    }
    ++counts_.misses;
    FlightPtr& place = line.running ? line.next : line.running;
    place = std::make_shared<Flight<Loaded>>();
    return Entered(std::in_place_type<Duty>, this, key, place, line.next ? line.running : nullptr);
  }

  /// From here on nobody joins the duty's read, which follows at once: who has begun waits for
  /// nobody, and so nobody waits in a circle.
  void Begin(const Duty& duty) {
    const std::lock_guard lock(mutex_);
    Line& line = lines_.at(duty.key_);
    line.running = duty.flight_;
    if (line.next == duty.flight_) line.next = nullptr;
  }

  void End(const Key& key, const FlightPtr& flight) {
    const std::lock_guard lock(mutex_);
    const auto line = lines_.find(key);
    if (line->second.running == flight) line->second.running = nullptr;
    if (line->second.next == flight) line->second.next = nullptr;
    if (!line->second.running && !line->second.next) lines_.erase(line);
  }

  static runtime::Task<void> AwaitTurn(Duty* duty) {
    if (!duty->before_) co_return;
    // However that one went: it is over.
    static_cast<void>(co_await Await(std::exchange(duty->before_, nullptr)));
  }

  static runtime::Task<Result<Loaded>> Await(FlightPtr flight) {
    co_return co_await runtime::AwaitCompletion<Result<Loaded>>(
        [flight = std::move(flight)](runtime::Completer<Result<Loaded>> waiter) {
          flight->Join(std::move(waiter));
        });
  }

  template <class ReadMany, class KeyOf>
  runtime::Task<Status> ReadAll(std::vector<Duty> duties, ReadMany read, KeyOf key_of,
                                Found* found);

  mutable std::mutex mutex_;
  std::unordered_map<Key, Line, Hash> lines_;  // guarded by mutex_; only of keys that are read now
  CacheCounts counts_;                         // guarded by mutex_
};

template <class Key, class Loaded, class Hash>
template <class ReadMany, class KeyOf>
auto Coalescer<Key, Loaded, Hash>::ReadAll(std::vector<Duty> duties, ReadMany read, KeyOf key_of,
                                           Found* found) -> runtime::Task<Status> {
  if (duties.empty()) co_return Status::Ok();
  std::vector<Key> keys;
  keys.reserve(duties.size());
  for (Duty& duty : duties) co_await AwaitTurn(&duty);
  for (const Duty& duty : duties) {
    Begin(duty);
    keys.push_back(duty.key_);
  }
  Result<std::vector<Loaded>> answer = co_await read(std::move(keys));
  if (answer.ok()) {
    for (Loaded& loaded : *answer) found->emplace(key_of(loaded), loaded);
  }
  for (Duty& duty : duties) {
    const auto at = found->find(duty.key_);
    if (at != found->end()) {
      duty.Finish(at->second);
    } else {
      duty.Finish(answer.ok() ? NotFound("there is no such thing") : answer.status());
    }
  }
  co_return answer.status();
}

template <class Key, class Loaded, class Hash>
template <class ReadMany, class KeyOf>
auto Coalescer<Key, Loaded, Hash>::GetMany(std::vector<Key> keys, ReadMany read, KeyOf key_of)
    -> runtime::Task<Result<std::vector<Loaded>>> {
  std::unordered_set<Key, Hash> seen;
  std::vector<Duty> now;
  std::vector<Duty> later;  // each behind a read of somebody's
  std::vector<std::pair<Key, FlightPtr>> joined;
  now.reserve(keys.size());
  for (const Key& key : keys) {
    if (!seen.insert(key).second) continue;
    Entered entered = Enter(key);
    if (FlightPtr* flight = std::get_if<FlightPtr>(&entered)) {
      joined.emplace_back(key, std::move(*flight));
    } else {
      Duty& duty = std::get<Duty>(entered);
      std::vector<Duty>& duties = duty.before_ ? later : now;
      duties.push_back(std::move(duty));
    }
  }

  // First what waits for nobody: others may wait for it.
  Found found;
  PARLEY_CO_TRY(co_await ReadAll(std::move(now), read, key_of, &found));
  PARLEY_CO_TRY(co_await ReadAll(std::move(later), read, key_of, &found));
  for (auto& [key, flight] : joined) {
    Result<Loaded> answer = co_await Await(std::move(flight));
    if (answer.ok()) {
      found.emplace(key, *std::move(answer));
    } else if (answer.status().code() != StatusCode::kNotFound) {
      co_return answer.status();
    }
  }

  std::vector<Loaded> values;
  values.reserve(keys.size());
  for (const Key& key : keys) {
    if (const auto at = found.find(key); at != found.end()) values.push_back(at->second);
  }
  co_return values;
}

}  // namespace parley::storage::cached
