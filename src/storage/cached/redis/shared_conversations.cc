#include "storage/cached/redis/shared_conversations.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "storage/cached/conversation_values.h"
#include "storage/cached/redis/remote_tasks.h"

namespace parley::storage::cached {
namespace {

/// So many pages are asked for at once.
constexpr std::size_t kMaxPages = 20;

SnapshotPtr Compose(const RemoteFound& head, const RemoteFound& body, ConversationId id) {
  if (head.payload.empty() || body.payload.empty()) return nullptr;
  Result<SharedHead> end = DecodeHead(head.payload, id);
  Result<SharedBody> rest = DecodeBody(body.payload, id);
  // An older end than the one the body was read with: a write of it was lost.
  if (!end.ok() || !rest.ok() || end->head.seq < rest->seq) return nullptr;
  return std::make_shared<const ConversationSnapshot>(
      ConversationSnapshot{.info = std::move(rest->info),
                           .head = end->head,
                           .members = std::move(rest->members),
                           .last_message = std::move(end->last_message)});
}

}  // namespace

// -- Writing --------------------------------------------------------------------------------------

/// An append on its way back: each answer of the inner store goes on once the cache has heard of
/// it, so that who is told finds no older head there.
class SharedConversations::Answering : public std::enable_shared_from_this<Answering> {
 public:
  Answering(SharedConversations& owner, std::shared_ptr<const AppendRequest> request,
            AppendDone done)
      : owner_(owner), request_(std::move(request)), done_(std::move(done)) {}

  void Answered(AppendOutcome outcome) {
    {
      const std::lock_guard lock(mutex_);
      if (writing_) {
        last_ = outcome;
        return;
      }
      writing_ = outcome == AppendOutcome::kLogged;
    }
    if (outcome == AppendOutcome::kLogged) {
      Write({owner_.HeadAfter(*request_, outcome)}, outcome);
    } else {
      End(outcome);
    }
  }

 private:
  void Write(std::vector<RemoteWrite> writes, AppendOutcome outcome) {
    // Whatever comes of it, and soon: the client counts failures.
    owner_.cache_.Write(std::move(writes), [self = shared_from_this(), outcome](
                                               const Status& /*written*/) { self->Tell(outcome); });
  }

  void Tell(AppendOutcome outcome) {
    done_(outcome);
    if (outcome != AppendOutcome::kLogged) return owner_.AppendAnswered();
    std::optional<AppendOutcome> last;
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      logged_ = true;
      last = last_;
    }
    if (last) End(*last);
  }

  void End(AppendOutcome outcome) {
    std::vector<RemoteWrite> writes;
    if (outcome == AppendOutcome::kCommitted || outcome == AppendOutcome::kUnknown) {
      if (!logged_) writes.push_back(owner_.HeadAfter(*request_, outcome));
      const Effects& effects = request_->effects;
      if (effects.info || !effects.members.empty()) {
        writes.push_back(owner_.BodyOutdated(request_->conversation));
      }
    }
    if (writes.empty()) {
      Tell(outcome);
    } else {
      Write(std::move(writes), outcome);
    }
  }

  SharedConversations& owner_;
  const std::shared_ptr<const AppendRequest> request_;
  AppendDone done_;
  std::mutex mutex_;
  bool writing_ = false;               // guarded by mutex_: the head, after kLogged
  std::optional<AppendOutcome> last_;  // guarded by mutex_: it came meanwhile
  bool logged_ = false;                // kLogged was handed on; set before what follows it
};

void SharedConversations::Append(std::shared_ptr<const AppendRequest> request, AppendDone done) {
  {
    const std::lock_guard lock(mutex_);
    ++appends_;
  }
  inner_.Append(request, [answering = std::make_shared<Answering>(*this, request, std::move(done))](
                             AppendOutcome outcome) { answering->Answered(outcome); });
}

void SharedConversations::AppendAnswered() {
  const std::lock_guard lock(mutex_);
  if (--appends_ == 0) all_answered_.notify_all();
}

void SharedConversations::AwaitAppends() {
  std::unique_lock lock(mutex_);
  all_answered_.wait(lock, [this] { return appends_ == 0; });
}

RemoteWrite SharedConversations::HeadAfter(const AppendRequest& request,
                                           AppendOutcome outcome) const {
  const Head& head = request.new_head;
  RemoteWrite end{.kind = RemoteWrite::Kind::kNewer,
                  .key = keys_.Head(request.conversation),
                  .version = head.seq.value(),
                  .payload = {},
                  .ttl = options_.marker_ttl};
  // Without a message among the entries the last one is not at hand: a marker, "stale below that".
  if (outcome != AppendOutcome::kUnknown &&
      (head.last_message == Seq() || head.last_message > request.expected_head)) {
    const std::size_t place = head.last_message.value() - request.expected_head.Next().value();
    end.payload = EncodeHead(head, head.last_message == Seq() ? nullptr : request.entries[place]);
    end.ttl = options_.head_ttl;
  }
  return end;
}

RemoteWrite SharedConversations::BodyOutdated(ConversationId conversation) const {
  return {.kind = RemoteWrite::Kind::kStale,
          .key = keys_.Body(conversation),
          .version = 0,
          .payload = {},
          .ttl = options_.marker_ttl};
}

runtime::Task<Status> SharedConversations::ApplyEffects(ConversationId conversation,
                                                        Effects effects, Seq through) {
  const bool changes = effects.info.has_value() || !effects.members.empty();
  Status applied = co_await inner_.ApplyEffects(conversation, std::move(effects), through);
  if (changes) {
    std::vector<RemoteWrite> writes = {BodyOutdated(conversation)};
    // Counted by the client; the time to live bounds what it costs.
    static_cast<void>(co_await AwaitWrite(&cache_, std::move(writes)));
  }
  co_return applied;
}

// -- Snapshots ------------------------------------------------------------------------------------

runtime::Task<SharedConversations::Looked> SharedConversations::LookUp(
    std::vector<ConversationId> conversations) {
  std::vector<std::string> keys;
  keys.reserve(conversations.size() * 2);
  for (const ConversationId& id : conversations) {
    keys.push_back(keys_.Head(id));
    keys.push_back(keys_.Body(id));
  }
  const Result<std::vector<RemoteFound>> held = co_await AwaitGet(&cache_, std::move(keys));
  Looked looked;
  for (std::size_t i = 0; i < conversations.size(); ++i) {
    const ConversationId id = conversations[i];
    if (held.ok()) {
      const RemoteFound& body = (*held)[i * 2 + 1];
      if (SnapshotPtr snapshot = Compose((*held)[i * 2], body, id)) {
        looked.found.emplace(id, std::move(snapshot));
        continue;
      }
      looked.seen.emplace(id, body.version);
    }
    looked.missing.push_back(id);
  }
  snapshot_hits_ += conversations.size() - looked.missing.size();
  snapshot_misses_ += looked.missing.size();
  co_return looked;
}

RemoteWrite SharedConversations::HeadWrite(const ConversationSnapshot& snapshot) const {
  return {.kind = RemoteWrite::Kind::kNewer,
          .key = keys_.Head(snapshot.info.id),
          .version = snapshot.head.seq.value(),
          .payload = EncodeHead(snapshot.head, snapshot.last_message),
          .ttl = options_.head_ttl};
}

void SharedConversations::AddFills(const ConversationSnapshot& snapshot, const Looked& looked,
                                   std::vector<RemoteWrite>* writes) const {
  const auto seen = looked.seen.find(snapshot.info.id);
  if (seen == looked.seen.end()) return;
  writes->push_back(HeadWrite(snapshot));
  writes->push_back({.kind = RemoteWrite::Kind::kUnchanged,
                     .key = keys_.Body(snapshot.info.id),
                     .version = seen->second,
                     .payload = EncodeBody(snapshot),
                     .ttl = options_.body_ttl});
}

runtime::Task<Result<SnapshotPtr>> SharedConversations::ReadSnapshot(ConversationId conversation,
                                                                     ReadMode mode) {
  std::vector<RemoteWrite> writes;
  if (mode == ReadMode::kFresh) {
    PARLEY_CO_ASSIGN(SnapshotPtr snapshot, co_await inner_.ReadSnapshot(conversation, mode));
    // Not the body: only who has looked before may fill it.
    writes.push_back(HeadWrite(*snapshot));
    WriteLater(cache_, std::move(writes));
    co_return snapshot;
  }
  const Looked looked = co_await LookUp({conversation});
  if (!looked.found.empty()) co_return looked.found.begin()->second;
  PARLEY_CO_ASSIGN(SnapshotPtr snapshot, co_await inner_.ReadSnapshot(conversation, mode));
  AddFills(*snapshot, looked, &writes);
  WriteLater(cache_, std::move(writes));
  co_return snapshot;
}

runtime::Task<Result<std::vector<SnapshotPtr>>> SharedConversations::ReadSnapshots(
    std::vector<ConversationId> conversations) {
  constexpr std::size_t kChunk = kMaxKeysAtOnce / 2;
  std::vector<SnapshotPtr> found;
  found.reserve(conversations.size());
  for (std::size_t begin = 0; begin < conversations.size(); begin += kChunk) {
    const std::size_t end = std::min(conversations.size(), begin + kChunk);
    const auto at = conversations.begin();
    PARLEY_CO_TRY(co_await ReadChunk(
        std::vector(at + static_cast<std::ptrdiff_t>(begin), at + static_cast<std::ptrdiff_t>(end)),
        &found));
  }
  co_return found;
}

runtime::Task<Status> SharedConversations::ReadChunk(std::vector<ConversationId> conversations,
                                                     std::vector<SnapshotPtr>* found) {
  Looked looked = co_await LookUp(conversations);
  if (!looked.missing.empty()) {
    PARLEY_CO_ASSIGN(std::vector<SnapshotPtr> read,
                     co_await inner_.ReadSnapshots(std::move(looked.missing)));
    std::vector<RemoteWrite> writes;
    writes.reserve(read.size() * 2);
    for (SnapshotPtr& snapshot : read) {
      AddFills(*snapshot, looked, &writes);
      const ConversationId id = snapshot->info.id;
      looked.found.emplace(id, std::move(snapshot));
    }
    WriteLater(cache_, std::move(writes));
  }
  for (const ConversationId& id : conversations) {
    if (const auto at = looked.found.find(id); at != looked.found.end()) {
      found->push_back(at->second);
    }
  }
  co_return Status::Ok();
}

// -- Rosters --------------------------------------------------------------------------------------

runtime::Task<std::unordered_map<ConversationId, Roster>> SharedConversations::LookUpRosters(
    std::vector<ConversationId> conversations) {
  std::unordered_map<ConversationId, Roster> found;
  for (std::size_t begin = 0; begin < conversations.size(); begin += kMaxKeysAtOnce) {
    const std::size_t end = std::min(conversations.size(), begin + kMaxKeysAtOnce);
    std::vector<std::string> keys;
    keys.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) keys.push_back(keys_.Body(conversations[i]));
    const Result<std::vector<RemoteFound>> held = co_await AwaitGet(&cache_, std::move(keys));
    if (!held.ok()) continue;
    for (std::size_t i = begin; i < end; ++i) {
      const ConversationId id = conversations[i];
      Result<SharedBody> body = DecodeBody((*held)[i - begin].payload, id);
      // What is said first does not outdate the body: only its head tells.
      if (!body.ok() || (body->info.kind == ConversationKind::kDirect && !body->spoken_in))
        continue;
      found.emplace(id, Roster{.conversation = id,
                               .kind = body->info.kind,
                               .spoken_in = body->spoken_in,
                               .members = std::move(body->members)});
    }
  }
  snapshot_hits_ += found.size();
  co_return found;
}

runtime::Task<Result<std::vector<Roster>>> SharedConversations::ReadRosters(
    std::vector<ConversationId> conversations) {
  std::unordered_map<ConversationId, Roster> rosters = co_await LookUpRosters(conversations);
  std::vector<ConversationId> missing;
  std::ranges::copy_if(conversations, std::back_inserter(missing),
                       [&](const ConversationId& id) { return !rosters.contains(id); });
  if (!missing.empty()) {
    PARLEY_CO_ASSIGN(const std::vector<SnapshotPtr> read,
                     co_await ReadSnapshots(std::move(missing)));
    for (const SnapshotPtr& snapshot : read) {
      rosters.emplace(snapshot->info.id, RosterOf(*snapshot));
    }
  }
  std::vector<Roster> found;
  found.reserve(rosters.size());
  for (const ConversationId& id : conversations) {
    if (const auto at = rosters.find(id); at != rosters.end()) found.push_back(at->second);
  }
  co_return found;
}

// -- Entries --------------------------------------------------------------------------------------

runtime::Task<Result<std::vector<EntryPtr>>> SharedConversations::ReadEntries(
    ConversationId conversation, Seq after, std::size_t limit, std::size_t max_bytes) {
  std::vector<EntryPtr> entries;
  // Who asks for a few fills a small hole, mostly near the end, where no page is whole.
  if (limit >= kPageEntries &&
      co_await TakePages(conversation, after, limit, max_bytes, &entries)) {
    co_return entries;
  }
  const std::size_t bytes = BytesOf(entries);
  const Seq last = entries.empty() ? after : entries.back()->seq;
  PARLEY_CO_ASSIGN(const std::vector<EntryPtr> rest,
                   co_await inner_.ReadEntries(conversation, last, limit - entries.size(),
                                               max_bytes - std::min(bytes, max_bytes)));
  KeepPages(conversation, rest);
  entries.insert(entries.end(), rest.begin(), rest.end());
  co_return entries;
}

runtime::Task<bool> SharedConversations::TakePages(ConversationId conversation, Seq after,
                                                   std::size_t limit, std::size_t max_bytes,
                                                   std::vector<EntryPtr>* entries) {
  const std::uint64_t first = after.value() / kPageEntries;
  const std::size_t count = std::min(limit / kPageEntries + 1, kMaxPages);
  std::vector<std::string> keys;
  keys.reserve(count);
  for (std::uint64_t page = first; page < first + count; ++page) {
    keys.push_back(keys_.Page(conversation, page));
  }
  const Result<std::vector<RemoteFound>> held = co_await AwaitGet(&cache_, std::move(keys));
  if (!held.ok()) co_return false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& payload = (*held)[i].payload;
    // Nothing there is as good as something that cannot be understood.
    const Result<std::vector<EntryPtr>> page = DecodePage(payload, conversation, first + i);
    if (!page.ok()) {
      ++page_misses_;
      co_return false;
    }
    ++page_hits_;
    const std::size_t seen = i == 0 ? after.value() % kPageEntries : 0;
    if (!AppendWithin(limit, max_bytes, std::span(*page).subspan(seen), entries)) co_return true;
  }
  co_return entries->size() == limit;
}

void SharedConversations::KeepPages(ConversationId conversation,
                                    std::span<const EntryPtr> entries) {
  std::vector<RemoteWrite> writes;
  writes.reserve(entries.size() / kPageEntries);
  for (std::size_t i = 0; i + kPageEntries <= entries.size();) {
    const std::uint64_t before = entries[i]->seq.value() - 1;
    if (before % kPageEntries != 0) {
      ++i;
      continue;
    }
    writes.push_back({.kind = RemoteWrite::Kind::kNewer,
                      .key = keys_.Page(conversation, before / kPageEntries),
                      .version = 1,
                      .payload = EncodePage(entries.subspan(i, kPageEntries)),
                      .ttl = options_.page_ttl});
    i += kPageEntries;
  }
  WriteLater(cache_, std::move(writes));
}

void SharedConversations::CountInto(SharedCacheStats& stats) const {
  stats.snapshots.hits = snapshot_hits_;
  stats.snapshots.misses = snapshot_misses_;
  stats.pages.hits = page_hits_;
  stats.pages.misses = page_misses_;
}

}  // namespace parley::storage::cached
