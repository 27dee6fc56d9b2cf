#include "chat/sweeper.h"

#include <algorithm>
#include <future>
#include <string>
#include <unordered_set>
#include <utility>

#include "chat/head_teller.h"
#include "chat/staged_entry.h"
#include "runtime/completer.h"
#include "runtime/spawn.h"

namespace parley::chat {
namespace {

constexpr std::int64_t kMsPerMinute = 60'000;

/// The minute that is, and the one before: who is about to commit may still write there.
constexpr std::int64_t kOpenMinutes = 2;

/// Of a conversation that was not told of before, so many last entries are looked at for people
/// whom they added or removed.
constexpr std::uint64_t kLastEntries = 64;
constexpr std::size_t kLastBytes = std::size_t{256} * 1024;  // at once

/// By which a node is chosen for a shard.
std::string KeyOf(std::uint32_t shard) { return "active:" + std::to_string(shard); }

}  // namespace

struct Sweeper::Round {
  std::vector<ConversationId> left;
  std::size_t working = 0;
  std::vector<runtime::Completer<Status>> waiting;
};

Sweeper::Sweeper(const SweeperDependencies& dependencies)
    : deps_(dependencies), fingerprinter_(dependencies.fingerprint_key) {}

Sweeper::~Sweeper() = default;

void Sweeper::Start() {
  deps_.shard->Post([this] {
    timer_ = std::make_unique<runtime::Timer>(*deps_.shard);
    SweepLater();
  });
}

void Sweeper::Stop() {
  std::promise<void> stopped;
  deps_.shard->Post([&] {
    stopping_ = true;
    timer_.reset();
    if (sweeping_) {
      stopped_ = [&stopped] { stopped.set_value(); };
    } else {
      stopped.set_value();
    }
  });
  stopped.get_future().wait();
}

void Sweeper::SweepLater() {
  timer_->After(IsAlone() ? deps_.interval_alone : deps_.interval, [this] {
    sweeping_ = true;
    runtime::Spawn(*deps_.shard, "sweep", SweepAndGoOn(this));
  });
}

runtime::Task<void> Sweeper::SweepAndGoOn(Sweeper* self) {
  co_await self->Sweep();
  self->sweeping_ = false;
  if (self->stopping_) {
    if (self->stopped_) self->stopped_();
  } else {
    self->SweepLater();
  }
}

std::vector<Sweeper::Page> Sweeper::PagesAt(std::int64_t minute) const {
  const bool alone = IsAlone();
  const bus::FleetViewPtr view = deps_.fleet->view();
  std::vector<Page> pages;
  for (std::uint32_t shard = 0; shard < storage::kActiveShards; ++shard) {
    if (!alone && bus::PreferredNode(*view, KeyOf(shard)) != deps_.fleet->self()) continue;
    // A node whose clock is a little ahead writes in a minute that has not begun here.
    for (std::int64_t each = minute - kMinutes; each <= minute + 1; ++each) {
      const bool oldest = each == minute - kMinutes;
      if (oldest || alone || !settled_.contains({shard, each})) pages.emplace_back(shard, each);
    }
  }
  return pages;
}

void Sweeper::Settle(const std::vector<Page>& pages, std::int64_t minute) {
  for (const Page& page : pages) {
    if (page.second <= minute - kOpenMinutes) settled_.insert(page);
  }
  std::erase_if(settled_, [&](const Page& page) { return page.second < minute - kMinutes; });
}

runtime::Task<void> Sweeper::Sweep() {
  const bool alone = IsAlone();
  const std::int64_t minute = ToMillis(deps_.clock->Now()) / kMsPerMinute;
  const std::uint64_t failed_before = stats_.failed;
  const std::vector<Page> pages = PagesAt(minute);
  std::unordered_set<ConversationId> active;
  for (const auto& [shard, when] : pages) {
    if (stopping_) break;
    const Result<std::vector<ConversationId>> listed =
        co_await deps_.store->conversations().ListActive(when, shard);
    if (!listed.ok()) {
      stats_.failed.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    active.insert(listed->begin(), listed->end());
  }
  for (auto& [conversation, told] : told_) {
    if (active.contains(conversation)) told.minute = minute;
  }
  std::erase_if(told_, [&](const auto& item) { return item.second.minute < minute - kMinutes; });

  auto round = std::make_shared<Round>();
  round->left.assign(active.begin(), active.end());
  round->working = std::min(kAtOnce, round->left.size());
  for (std::size_t i = round->working; i > 0; --i) {
    runtime::Spawn(*deps_.shard, "look after conversations", Work(this, round));
  }
  if (round->working > 0) {
    const Status ended = co_await runtime::AwaitCompletion<Status>(
        [round](runtime::Completer<Status> done) { round->waiting.push_back(std::move(done)); });
    IgnoreStatus(ended, "only the last of the workers calls it");
  }
  // What a node told while it was alone, it told to its own people.
  const bool whole = stats_.failed == failed_before && !alone && !IsAlone() && !stopping_;
  if (whole) Settle(pages, minute);
  stats_.sweeps.fetch_add(1, std::memory_order_relaxed);
}

runtime::Task<void> Sweeper::Work(Sweeper* self, std::shared_ptr<Round> round) {
  while (!round->left.empty() && !self->stopping_) {
    const ConversationId conversation = round->left.back();
    round->left.pop_back();
    co_await self->LookAt(conversation);
  }
  if (--round->working > 0) co_return;
  for (runtime::Completer<Status>& done : round->waiting) done(Status::Ok());
}

runtime::Task<void> Sweeper::LookAt(ConversationId conversation) {
  stats_.looked_at.fetch_add(1, std::memory_order_relaxed);
  Result<StoredConversation> stored =
      co_await LoadConversation(deps_.store, conversation, fingerprinter_, EffectsAre::kFollowing);
  if (!stored.ok()) {
    // The next sweep comes to it again.
    stats_.failed.fetch_add(1, std::memory_order_relaxed);
    co_return;
  }
  if (!stored->state.exists()) co_return;
  if (stored->finished) stats_.finished.fetch_add(1, std::memory_order_relaxed);
  const Seq head = stored->state.head().seq;
  const auto before = told_.find(conversation);
  const Seq after = before == told_.end() ? Seq() : before->second.head;
  if (after >= head && !stored->finished) co_return;
  Result<MemberChanges> changes = co_await ReadChanges(conversation, after, head);
  if (!changes.ok()) {
    stats_.failed.fetch_add(1, std::memory_order_relaxed);
    co_return;
  }
  changes->Merge(stored->changes);
  changes->KeepWhatIsSo(stored->state);
  const HeadTeller teller(*deps_.bus, conversation, head, AudienceOf(stored->state));
  teller.TellAll();
  teller.TellChanges(*changes);
  told_[conversation] = {head, ToMillis(deps_.clock->Now()) / kMsPerMinute};
  stats_.told.fetch_add(1, std::memory_order_relaxed);
}

runtime::Task<Result<MemberChanges>> Sweeper::ReadChanges(ConversationId conversation, Seq after,
                                                          Seq head) {
  Seq have = std::max(after, Seq(head.value() - std::min(head.value(), kLastEntries)));
  MemberChanges changes;
  while (have < head) {
    PARLEY_CO_ASSIGN(const std::vector<storage::EntryPtr> entries,
                     co_await deps_.store->conversations().ReadEntries(
                         conversation, have, head.value() - have.value(), kLastBytes));
    if (entries.empty()) co_return DataLoss("the log ends before its head");
    for (const storage::EntryPtr& entry : entries) changes.Add(*entry);
    have = entries.back()->seq;
  }
  co_return changes;
}

}  // namespace parley::chat
