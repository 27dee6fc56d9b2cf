#include "storage/testing/store_contract.h"

#include <algorithm>
#include <future>

namespace parley::storage {

void LinkLogContract();
void LinkEffectsContract();
void LinkPeopleContract();
void LinkAccountContract();
void LinkMetaContract();
void LinkAdminContract();

bool LinkStoreContract() {
  LinkLogContract();
  LinkEffectsContract();
  LinkPeopleContract();
  LinkAccountContract();
  LinkMetaContract();
  LinkAdminContract();
  return true;
}

void StoreContract::Close() {
  if (store_ == nullptr) return;
  store_->Stop();
  store_ = nullptr;
}

void StoreContract::Reopen() {
  Close();
  store_ = factory_->Open();
}

AppendOutcome StoreContract::Append(std::shared_ptr<const AppendRequest> request) {
  std::promise<AppendOutcome> answer;
  conversations().Append(std::move(request),
                         [&](AppendOutcome outcome) { answer.set_value(outcome); });
  return answer.get_future().get();
}

void StoreContract::Commit(LogBuilder& log) {
  ASSERT_EQ(Append(log.Take()), AppendOutcome::kCommitted);
}

std::vector<EntryPtr> StoreContract::Entries(ConversationId id, Seq after, std::size_t limit,
                                             std::size_t max_bytes) {
  auto entries = Run(conversations().ReadEntries(id, after, limit, max_bytes));
  EXPECT_TRUE(entries.ok()) << entries.status().ToString();
  return entries.ok() ? *std::move(entries) : std::vector<EntryPtr>();
}

SnapshotPtr StoreContract::Snapshot(ConversationId id) {
  auto cached = Run(conversations().ReadSnapshot(id, ReadMode::kCached));
  auto fresh = Run(conversations().ReadSnapshot(id, ReadMode::kFresh));
  EXPECT_EQ(cached.status().code(), fresh.status().code());
  if (!fresh.ok()) {
    EXPECT_EQ(fresh.status().code(), StatusCode::kNotFound) << fresh.status().ToString();
    return nullptr;
  }
  if (cached.ok()) {
    EXPECT_EQ((*cached)->head, (*fresh)->head);
    EXPECT_EQ((*cached)->info, (*fresh)->info);
    EXPECT_EQ(*(*cached)->members, *(*fresh)->members);
  }
  return *fresh;
}

std::optional<Membership> StoreContract::FindMembership(UserId user, ConversationId id) {
  auto membership = Run(conversations().FindMembership(user, id));
  EXPECT_TRUE(membership.ok()) << membership.status().ToString();
  return membership.ok() ? *membership : std::nullopt;
}

std::vector<Membership> StoreContract::Memberships(UserId user) {
  auto memberships = Run(conversations().ReadMemberships(user));
  EXPECT_TRUE(memberships.ok()) << memberships.status().ToString();
  if (!memberships.ok()) return {};
  std::ranges::sort(*memberships, {}, &Membership::conversation);
  return *std::move(memberships);
}

Position StoreContract::PositionOf(ConversationId id, const Member& member) {
  auto positions = Run(conversations().ReadPositions(id, {member}));
  EXPECT_TRUE(positions.ok() && positions->size() == 1) << positions.status().ToString();
  return positions.ok() && positions->size() == 1 ? positions->front() : Position();
}

void StoreContract::Write(std::vector<PositionRow> rows) {
  const Status written = Run(conversations().WritePositions(std::move(rows)));
  EXPECT_TRUE(written.ok()) << written.ToString();
}

void StoreContract::ExpectShows(const LogBuilder& log) {
  const std::vector<EntryPtr> entries = Entries(log.id());
  ASSERT_EQ(entries.size(), log.entries().size());
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(*entries[i], *log.entries()[i]);

  const SnapshotPtr snapshot = Snapshot(log.id());
  ASSERT_NE(snapshot, nullptr);
  EXPECT_EQ(snapshot->head, log.head());
  EXPECT_EQ(snapshot->info, log.info());
  EXPECT_EQ(*snapshot->members, log.members());
  ASSERT_EQ(snapshot->last_message != nullptr, log.last_message() != nullptr);
  if (snapshot->last_message) EXPECT_EQ(*snapshot->last_message, *log.last_message());

  for (const Member& member : log.members()) {
    const std::optional<Membership> found = FindMembership(member.user, log.id());
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->conversation, log.id());
    EXPECT_EQ(found->member, member);
    EXPECT_TRUE(std::ranges::count(Memberships(member.user), *found) == 1);
  }
}

}  // namespace parley::storage
