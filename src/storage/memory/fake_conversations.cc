#include "storage/memory/fake_conversations.h"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace parley::storage::memory {
namespace {

/// About what an entry takes where entries are stored or sent.
std::size_t ByteSize(const Entry& entry) {
  constexpr std::size_t kFrame = 100;
  return kFrame + (entry.is_message() ? entry.message().text.size() : 0);
}

/// The rows of `effects`, each by itself, in the order in which they are applied.
std::vector<Effects> SingleRows(const Effects& effects) {
  std::vector<Effects> rows;
  rows.reserve(1 + effects.members.size() + effects.sent.size() + effects.mentions.size() +
               effects.positions.size());
  for (const MemberEffect& member : effects.members) rows.emplace_back().members = {member};
  for (const SentRow& sent : effects.sent) rows.emplace_back().sent = {sent};
  for (const MentionRow& mention : effects.mentions) rows.emplace_back().mentions = {mention};
  for (const PositionRow& position : effects.positions) rows.emplace_back().positions = {position};
  if (effects.info) rows.emplace_back().info = effects.info;
  return rows;
}

/// What a conversation is where only its log tells it.
ConversationInfo CreatedAs(const Entry& entry) {
  const auto& body = std::get<ConversationBody>(entry.body);
  return {.id = entry.conversation,
          .kind = body.kind,
          .title = body.title.value_or(""),
          .photo = body.photo,
          .created_by = entry.actor,
          .created_at = entry.at,
          .history = body.history.value_or(HistoryPolicy::kJoined)};
}

constexpr std::int64_t kMsPerMinute = 60'000;

}  // namespace

// -- Appending ------------------------------------------------------------------------------------

void FakeConversations::Append(std::shared_ptr<const AppendRequest> request, AppendDone done) {
  controls_.AppendTaken();
  const AppendRequest* const key = request.get();
  committer_.Submit(std::move(request),
                    [this, key, done = std::move(done)](AppendOutcome outcome) mutable {
                      if (outcome == AppendOutcome::kLogged) return done(outcome);
                      controls_.AppendAnswered();
                      {
                        const std::lock_guard lock(mutex_);
                        if (never_answered_.erase(key) > 0) {
                          unanswered_.push_back(std::move(done));
                          return;
                        }
                      }
                      done(outcome);
                    });
}

void FakeConversations::Stop() {
  committer_.Stop();
  std::vector<AppendDone> unanswered;
  const std::lock_guard lock(mutex_);
  unanswered.swap(unanswered_);
}

bool FakeConversations::Write(std::span<PendingAppend> group) {
  controls_.AwaitCommit();
  const std::lock_guard lock(mutex_);
  bool synced = false;
  for (PendingAppend& append : group) {
    append.outcome = Decide(append);
    synced |= append.outcome == AppendOutcome::kCommitted;
  }
  return synced;
}

AppendOutcome FakeConversations::Decide(PendingAppend& append) {
  const std::optional<Controls::Failure> failure = controls_.TakeFailure();
  if (!failure) return Commit(append);
  if (failure->written == Written::kYes) Commit(append);
  return failure->outcome;
}

AppendOutcome FakeConversations::Commit(PendingAppend& append) {
  if (form_ == Form::kDistributed) return CommitInSteps(append);
  const AppendRequest& request = *append.request;
  if (!WriteEntries(request)) return AppendOutcome::kConflict;
  Apply(request.conversation, request.effects, request.new_head.seq);
  RaiseApplied(request.conversation, request.new_head.seq);
  return AppendOutcome::kCommitted;
}

AppendOutcome FakeConversations::CommitInSteps(PendingAppend& append) {
  const AppendRequest& request = *append.request;
  const std::optional<Controls::Stop> stop = controls_.TakeStop();
  std::size_t steps = 0;
  const auto stops_here = [&] {
    if (!stop || steps++ < stop->steps) return false;
    controls_.AppendStopped();
    if (stop->answer == StoppedAnswer::kNever) never_answered_.insert(&request);
    return true;
  };

  if (stops_here()) return AppendOutcome::kUnknown;
  active_[{ToMillis(clock_.Now()) / kMsPerMinute, ActiveShardOf(request.conversation)}].insert(
      request.conversation);
  if (stops_here()) return AppendOutcome::kUnknown;
  if (!WriteEntries(request)) return AppendOutcome::kConflict;
  if (request.tell_logged) {
    if (stops_here()) return AppendOutcome::kUnknown;
    append.done(AppendOutcome::kLogged);
  }
  for (const Effects& row : SingleRows(request.effects)) {
    if (stops_here()) return AppendOutcome::kUnknown;
    Apply(request.conversation, row, request.new_head.seq);
  }
  if (stops_here()) return AppendOutcome::kUnknown;
  RaiseApplied(request.conversation, request.new_head.seq);
  return AppendOutcome::kCommitted;
}

bool FakeConversations::WriteEntries(const AppendRequest& request) {
  assert(!request.entries.empty() && "an append has entries");
  assert(request.entries.front()->seq == request.expected_head.Next() && "entries follow the head");
  assert(request.entries.back()->seq == request.new_head.seq && "the last entry is the new head");

  const Conversation* found = Find(request.conversation);
  const Seq head = found != nullptr ? found->head.seq : Seq();
  if (head != request.expected_head) return false;

  Conversation& conversation = conversations_[request.conversation];
  conversation.log.insert(conversation.log.end(), request.entries.begin(), request.entries.end());
  conversation.head = request.new_head;
  conversation.snapshot = nullptr;
  return true;
}

// -- Effects --------------------------------------------------------------------------------------

void FakeConversations::Apply(ConversationId id, const Effects& effects, Seq through) {
  Conversation& conversation = conversations_[id];
  conversation.snapshot = nullptr;
  if (effects.info && through >= conversation.info_seq) {
    conversation.info = *effects.info;
    conversation.info_seq = through;
  }
  for (const MemberEffect& effect : effects.members) {
    MemberRow& row = conversation.members[effect.user];
    if (effect.seq < row.seq) continue;
    row.seq = effect.seq;
    row.member = effect.member;
    row.at = effect.at;
    if (row.member) {
      conversations_of_[effect.user].insert(id);
    } else {
      conversations_of_[effect.user].erase(id);
    }
  }
  for (const SentRow& sent : effects.sent) {
    SentRow& row = conversation.sent[{sent.sender, sent.client_id}];
    if (sent.seq >= row.seq) row = sent;
  }
  for (const MentionRow& mention : effects.mentions) {
    conversation.mentions[mention.user].insert(mention.seq);
  }
  for (const PositionRow& position : effects.positions) Apply(position);
}

void FakeConversations::RaiseApplied(ConversationId id, Seq through) {
  Conversation& conversation = conversations_[id];
  conversation.applied = std::max(conversation.applied, through);
}

void FakeConversations::Apply(const PositionRow& position) {
  MemberRow& row = conversations_[position.conversation].members[position.user];
  if (position.joined_seq < row.position_joined) return;
  if (position.joined_seq > row.position_joined) {
    row.position_joined = position.joined_seq;
    row.position = {};
    row.position_at = {};
  }
  if (row.position.MergeFrom(position.position)) {
    row.position_at = std::max(row.position_at, position.at);
  }
}

runtime::Task<Status> FakeConversations::ApplyEffects(ConversationId conversation, Effects effects,
                                                      Seq through) {
  const std::lock_guard lock(mutex_);
  Apply(conversation, effects, through);
  RaiseApplied(conversation, through);
  co_return Status::Ok();
}

runtime::Task<Status> FakeConversations::WritePositions(std::vector<PositionRow> rows) {
  const std::lock_guard lock(mutex_);
  for (const PositionRow& row : rows) Apply(row);
  co_return Status::Ok();
}

// -- Looking up -----------------------------------------------------------------------------------

const FakeConversations::Conversation* FakeConversations::Find(ConversationId id) const {
  const auto found = conversations_.find(id);
  return found != conversations_.end() ? &found->second : nullptr;
}

SnapshotPtr FakeConversations::Snapshot(ConversationId id) {
  const auto found = conversations_.find(id);
  if (found == conversations_.end() || found->second.head.seq == Seq()) return nullptr;
  Conversation& conversation = found->second;
  if (conversation.snapshot != nullptr) return conversation.snapshot;

  auto members = std::make_shared<std::vector<Member>>();
  for (const auto& [user, row] : conversation.members) {
    if (row.member) members->push_back(*row.member);
  }
  std::ranges::sort(*members, {},
                    [](const Member& member) { return std::tie(member.joined_seq, member.user); });

  auto snapshot = std::make_shared<ConversationSnapshot>();
  snapshot->info =
      conversation.info_seq == Seq() ? CreatedAs(*conversation.log.front()) : conversation.info;
  snapshot->head = conversation.head;
  snapshot->members = std::move(members);
  if (const Seq last = conversation.head.last_message; last != Seq()) {
    snapshot->last_message = conversation.log[last.value() - 1];
  }
  conversation.snapshot = std::move(snapshot);
  return conversation.snapshot;
}

std::optional<Membership> FakeConversations::MembershipOf(UserId user, ConversationId id) const {
  const Conversation* conversation = Find(id);
  if (conversation == nullptr) return std::nullopt;
  const auto found = conversation->members.find(user);
  if (found == conversation->members.end()) return std::nullopt;
  const MemberRow& row = found->second;
  if (!row.member) return std::nullopt;
  Membership membership{
      .conversation = id, .member = *row.member, .position = {}, .changed_at = row.at};
  if (row.position_joined == membership.member.joined_seq) {
    membership.position = row.position;
    membership.changed_at = std::max(row.at, row.position_at);
  }
  return membership;
}

// -- Reading --------------------------------------------------------------------------------------

runtime::Task<Result<Seq>> FakeConversations::ReadApplied(ConversationId conversation) {
  Seq applied;
  {
    const std::lock_guard lock(mutex_);
    if (const Conversation* found = Find(conversation)) applied = found->applied;
  }
  co_return co_await controls_.Answer<Seq>(ReadKind::kApplied, applied);
}

runtime::Task<Result<std::vector<ConversationId>>> FakeConversations::ListActive(
    std::int64_t minute, std::uint32_t shard) {
  std::vector<ConversationId> ids;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = active_.find({minute, shard}); found != active_.end()) {
      ids.assign(found->second.begin(), found->second.end());
    }
  }
  co_return co_await controls_.Answer<std::vector<ConversationId>>(ReadKind::kActive,
                                                                   std::move(ids));
}

runtime::Task<Result<std::vector<EntryPtr>>> FakeConversations::ReadEntries(
    ConversationId conversation, Seq after, std::size_t limit, std::size_t max_bytes) {
  std::vector<EntryPtr> entries;
  {
    const std::lock_guard lock(mutex_);
    const Conversation* found = Find(conversation);
    std::size_t bytes = 0;
    for (std::size_t i = after.value(); found != nullptr && i < found->log.size(); ++i) {
      bytes += ByteSize(*found->log[i]);
      if (entries.size() >= limit || (!entries.empty() && bytes > max_bytes)) break;
      entries.push_back(found->log[i]);
    }
  }
  co_return co_await controls_.Answer<std::vector<EntryPtr>>(ReadKind::kEntries,
                                                             std::move(entries));
}

runtime::Task<Result<std::vector<EntryPtr>>> FakeConversations::ReadMessages(
    ConversationId conversation, MessageSlice slice) {
  std::vector<EntryPtr> messages;
  {
    const std::lock_guard lock(mutex_);
    const Conversation* found = Find(conversation);
    const std::size_t size = found != nullptr ? found->log.size() : 0;
    const auto take = [&](std::size_t i) {
      if (found->log[i]->is_message()) messages.push_back(found->log[i]);
    };
    if (slice.direction == MessageSlice::Direction::kAfter) {
      for (std::size_t i = slice.anchor.value(); i < size && messages.size() < slice.limit; ++i) {
        take(i);
      }
    } else {
      std::size_t i = std::min<std::size_t>(size, slice.anchor.Previous().value());
      while (i > 0 && messages.size() < slice.limit) take(--i);
      std::ranges::reverse(messages);
    }
  }
  co_return co_await controls_.Answer<std::vector<EntryPtr>>(ReadKind::kMessages,
                                                             std::move(messages));
}

runtime::Task<Result<SnapshotPtr>> FakeConversations::ReadSnapshot(ConversationId conversation,
                                                                   ReadMode /*mode*/) {
  SnapshotPtr snapshot;
  {
    const std::lock_guard lock(mutex_);
    snapshot = Snapshot(conversation);
  }
  if (snapshot == nullptr) {
    co_return co_await controls_.Answer<SnapshotPtr>(ReadKind::kSnapshot,
                                                     NotFound("no such conversation"));
  }
  co_return co_await controls_.Answer<SnapshotPtr>(ReadKind::kSnapshot, std::move(snapshot));
}

runtime::Task<Result<std::vector<SnapshotPtr>>> FakeConversations::ReadSnapshots(
    std::vector<ConversationId> conversations) {
  std::vector<SnapshotPtr> snapshots;
  {
    const std::lock_guard lock(mutex_);
    for (const ConversationId& id : conversations) {
      if (SnapshotPtr snapshot = Snapshot(id)) snapshots.push_back(std::move(snapshot));
    }
  }
  co_return co_await controls_.Answer<std::vector<SnapshotPtr>>(ReadKind::kSnapshots,
                                                                std::move(snapshots));
}

bool FakeConversations::MayHaveSent(ConversationId conversation, UserId sender,
                                    ClientId client_id) {
  // Another node may have committed one without its row yet.
  if (form_ == Form::kDistributed) return true;
  const std::lock_guard lock(mutex_);
  const Conversation* found = Find(conversation);
  return found != nullptr && found->sent.contains({sender, client_id});
}

runtime::Task<Result<std::optional<SentRow>>> FakeConversations::FindSent(
    ConversationId conversation, UserId sender, ClientId client_id, TimePoint not_before) {
  std::optional<SentRow> row;
  {
    const std::lock_guard lock(mutex_);
    if (const Conversation* found = Find(conversation)) {
      const auto sent = found->sent.find({sender, client_id});
      if (sent != found->sent.end() && sent->second.at >= not_before) row = sent->second;
    }
  }
  co_return co_await controls_.Answer<std::optional<SentRow>>(ReadKind::kSent, row);
}

runtime::Task<Result<std::vector<Membership>>> FakeConversations::ReadMemberships(UserId user) {
  std::vector<Membership> memberships;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = conversations_of_.find(user); found != conversations_of_.end()) {
      for (const ConversationId& id : found->second) {
        if (auto membership = MembershipOf(user, id)) memberships.push_back(*membership);
      }
    }
  }
  co_return co_await controls_.Answer<std::vector<Membership>>(ReadKind::kMemberships,
                                                               std::move(memberships));
}

runtime::Task<Result<std::optional<Membership>>> FakeConversations::FindMembership(
    UserId user, ConversationId conversation) {
  std::optional<Membership> membership;
  {
    const std::lock_guard lock(mutex_);
    membership = MembershipOf(user, conversation);
  }
  co_return co_await controls_.Answer<std::optional<Membership>>(ReadKind::kMembership, membership);
}

runtime::Task<Result<std::vector<Position>>> FakeConversations::ReadPositions(
    ConversationId conversation, std::vector<Member> members) {
  std::vector<Position> positions(members.size());
  {
    const std::lock_guard lock(mutex_);
    const Conversation* found = Find(conversation);
    for (std::size_t i = 0; found != nullptr && i < members.size(); ++i) {
      const auto row = found->members.find(members[i].user);
      if (row != found->members.end() && row->second.position_joined == members[i].joined_seq) {
        positions[i] = row->second.position;
      }
    }
  }
  co_return co_await controls_.Answer<std::vector<Position>>(ReadKind::kPositions,
                                                             std::move(positions));
}

runtime::Task<Result<std::size_t>> FakeConversations::CountMentions(UserId user,
                                                                    ConversationId conversation,
                                                                    Seq after, std::size_t cap) {
  std::size_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    if (const Conversation* found = Find(conversation)) {
      if (const auto seqs = found->mentions.find(user); seqs != found->mentions.end()) {
        auto seq = seqs->second.upper_bound(after);
        for (; seq != seqs->second.end() && count < cap; ++seq) ++count;
      }
    }
  }
  co_return co_await controls_.Answer<std::size_t>(ReadKind::kMentions, count);
}

}  // namespace parley::storage::memory
