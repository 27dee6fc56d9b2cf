#include "chat/history.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::chat {
namespace {

using Direction = storage::MessageSlice::Direction;
using Entries = std::vector<storage::EntryPtr>;

/// Of an answer of `changes`; what is behind it takes another call.
constexpr std::size_t kChangePageBytes = std::size_t{1024} * 1024;

/// Every message knows how many came before it: n tells what lies beyond the page without a look.
void SetMore(MessagePage& page, const MessageRange& range, const Head& head,
             std::uint64_t first_n) {
  if (!page.items.empty()) {
    page.has_more_before = page.items.front()->n > first_n + 1;
    page.has_more_after = page.items.back()->n < head.n;
    return;
  }
  const bool any = head.n > first_n;
  page.has_more_before = any && range.after.has_value();
  page.has_more_after = any && range.before.has_value();
}

}  // namespace

runtime::Task<Result<storage::SnapshotPtr>> History::ReadSnapshot(ConversationId conversation,
                                                                  std::optional<Seq> reached) {
  storage::ConversationStore& store = store_.conversations();
  PARLEY_CO_ASSIGN(storage::SnapshotPtr snapshot,
                   co_await store.ReadSnapshot(conversation, storage::ReadMode::kCached));
  if (!others_write_ || !reached || *reached < snapshot->head.seq) co_return snapshot;
  co_return co_await store.ReadSnapshot(conversation, storage::ReadMode::kFresh);
}

runtime::Task<Result<MessagePage>> History::Messages(Membership own, MessageRange range) {
  PARLEY_CO_ASSIGN(
      const storage::SnapshotPtr snapshot,
      co_await ReadSnapshot(own.conversation, range.after ? range.after : range.around));
  if (!IsStillIn(*snapshot, own.member)) co_return NotFound("no such conversation");
  const Head head = snapshot->head;
  PARLEY_CO_ASSIGN(Entries entries, co_await Slice(own, range, head));
  // The page is true for the head as it was read; what was said since is for the next one.
  std::erase_if(entries, [&](const storage::EntryPtr& entry) { return entry->seq > head.seq; });
  MessagePage page;
  page.items = std::move(entries);
  page.last_seq = head.seq;
  page.visible_from = own.member.first_seq;
  SetMore(page, range, head, own.member.first_n);
  co_return page;
}

runtime::Task<Result<Entries>> History::Slice(Membership own, MessageRange range, Head head) {
  if (range.around) co_return co_await Around(own, *range.around, range.limit);
  if (range.after) co_return co_await After(own, *range.after, range.limit);
  const Seq before = range.before ? *range.before : head.seq.Next();
  co_return co_await Before(own, before, range.limit);
}

runtime::Task<Result<Entries>> History::After(Membership own, Seq seq, std::size_t limit) {
  const Seq anchor = std::max(seq, own.member.first_seq.Previous());
  co_return co_await store_.conversations().ReadMessages(own.conversation,
                                                         {Direction::kAfter, anchor, limit});
}

runtime::Task<Result<Entries>> History::Before(Membership own, Seq seq, std::size_t limit) {
  PARLEY_CO_ASSIGN(Entries entries, co_await store_.conversations().ReadMessages(
                                        own.conversation, {Direction::kBefore, seq, limit}));
  std::erase_if(entries,
                [&](const storage::EntryPtr& entry) { return entry->seq < own.member.first_seq; });
  co_return entries;
}

runtime::Task<Result<Entries>> History::Around(Membership own, Seq seq, std::size_t limit) {
  PARLEY_CO_ASSIGN(Entries after, co_await After(own, seq.Previous(), limit));
  PARLEY_CO_ASSIGN(Entries before, co_await Before(own, seq, limit));
  // Half of the page on each side; where one side is short, the other gets its places.
  const std::size_t half = limit - limit / 2;
  const std::size_t keep_after =
      std::min(after.size(), std::max(half, limit - std::min(limit, before.size())));
  const std::size_t keep_before = std::min(before.size(), limit - keep_after);
  Entries entries(before.end() - static_cast<std::ptrdiff_t>(keep_before), before.end());
  entries.insert(entries.end(), after.begin(),
                 after.begin() + static_cast<std::ptrdiff_t>(keep_after));
  co_return entries;
}

runtime::Task<Result<ChangePage>> History::Changes(Membership own, Seq after, std::size_t limit) {
  PARLEY_CO_ASSIGN(const storage::SnapshotPtr snapshot,
                   co_await ReadSnapshot(own.conversation, after));
  if (!IsStillIn(*snapshot, own.member)) co_return NotFound("no such conversation");
  ChangePage page;
  page.last_seq = snapshot->head.seq;
  if (after < own.member.first_seq.Previous() || after > page.last_seq) {
    page.reset = true;
    co_return page;
  }
  PARLEY_CO_ASSIGN(Entries entries, co_await store_.conversations().ReadEntries(
                                        own.conversation, after, limit, kChangePageBytes));
  std::erase_if(entries,
                [&](const storage::EntryPtr& entry) { return entry->seq > page.last_seq; });
  PARLEY_CO_ASSIGN(page.items, co_await views_.Changes(std::move(entries), own.member.first_seq));
  co_return page;
}

runtime::Task<Result<std::vector<ChangeView>>> History::Run(ConversationId conversation, Seq after,
                                                            Seq last, Seq visible_from,
                                                            std::size_t max_bytes) {
  if (after >= last) co_return std::vector<ChangeView>();
  const std::size_t count = last.value() - after.value();
  PARLEY_CO_ASSIGN(Entries entries, co_await store_.conversations().ReadEntries(conversation, after,
                                                                                count, max_bytes));
  co_return co_await views_.Changes(std::move(entries), visible_from);
}

runtime::Task<Result<Seq>> History::EndOfStay(UserId user, ConversationId conversation, Seq after,
                                              Seq last) {
  while (after < last) {
    PARLEY_CO_ASSIGN(const Entries entries,
                     co_await store_.conversations().ReadEntries(
                         conversation, after, last.value() - after.value(), kChangePageBytes));
    if (entries.empty()) break;
    for (const storage::EntryPtr& entry : entries) {
      const auto* members = std::get_if<MembersBody>(&entry->body);
      if (members == nullptr) continue;
      const auto names_user = [&](const std::vector<UserId>& users) {
        return std::find(users.begin(), users.end(), user) != users.end();
      };
      // Who is added was away before.
      if (names_user(members->added)) co_return NotFound("no such conversation");
      if (names_user(members->removed)) co_return entry->seq;
    }
    after = entries.back()->seq;
  }
  co_return NotFound("no such conversation");
}

}  // namespace parley::chat
