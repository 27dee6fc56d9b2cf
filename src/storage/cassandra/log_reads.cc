#include "storage/cassandra/log_reads.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "storage/cassandra/log_buckets.h"
#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

/// Entries of one read, before it is known how large they are; and at most.
constexpr std::size_t kFirstEntries = 100;
constexpr std::size_t kMostEntries = 500;

/// How many entries to ask for next, so that little is read in vain.
std::size_t NextEntries(std::size_t have, std::size_t bytes, std::size_t limit,
                        std::size_t max_bytes) {
  std::size_t count = kFirstEntries;
  if (have > 0) {
    const std::size_t each = std::max<std::size_t>(1, bytes / have);
    count = std::clamp<std::size_t>((max_bytes - std::min(bytes, max_bytes)) / each + 1, 1,
                                    kMostEntries);
  }
  return std::min(count, limit - have);
}

struct StoredEntry {
  Seq seq;
  std::string_view bytes;
};

/// Of both classes, in one order. Points into the rows.
Result<std::vector<StoredEntry>> Merge(const Rows& rows) {
  std::vector<StoredEntry> entries;
  entries.reserve(rows.size());
  for (const Row row : rows) {
    PARLEY_ASSIGN(const Seq seq, ReadSeq(row[0]));
    PARLEY_ASSIGN(const std::string_view bytes, ReadBlob(row[1]));
    entries.push_back({.seq = seq, .bytes = bytes});
  }
  std::ranges::sort(entries, {}, &StoredEntry::seq);
  return entries;
}

Result<EntryPtr> Decode(ConversationId conversation, const StoredEntry& stored) {
  PARLEY_ASSIGN(Entry entry, wire::ReadEntryRecord(stored.bytes, conversation, stored.seq));
  return std::make_shared<const Entry>(std::move(entry));
}

Result<Head> DecodeHead(const Rows& rows) {
  PARLEY_ASSIGN(const std::string_view bytes, ReadBlob(rows[0][0]));
  return wire::ReadHeadRecord(bytes);
}

Value LimitValue(std::size_t limit) {
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  return IntValue(static_cast<std::int32_t>(std::min(limit, kMost)));
}

Status Missing(ConversationId conversation, Seq seq) {
  return DataLoss(
      fmt::format("entry {} of conversation {} is missing", seq.value(), conversation.ToString()));
}

}  // namespace

// -- The head -------------------------------------------------------------------------------------

runtime::Task<Result<Seq>> LogReads::ReadApplied(ConversationId conversation) {
  PARLEY_CO_ASSIGN(const Rows rows, co_await session_.Execute(
                                        Bind(*statements_.read_applied, UuidValue(conversation))));
  if (rows.empty() || !rows[0][0]) co_return Seq();
  co_return ReadSeq(rows[0][0]);
}

runtime::Task<Result<std::vector<std::int64_t>>> LogReads::StartBuckets(
    std::vector<ConversationId> conversations) {
  std::vector<std::int64_t> buckets(conversations.size());
  std::vector<std::size_t> unknown;
  std::vector<Bound> bounds;
  for (std::size_t i = 0; i < conversations.size(); ++i) {
    if (const std::optional<std::int64_t> bucket = newest_buckets_.Get(conversations[i])) {
      buckets[i] = *bucket;
      continue;
    }
    unknown.push_back(i);
    bounds.push_back(Bind(*statements_.read_applied, UuidValue(conversations[i])));
  }
  if (unknown.empty()) co_return buckets;
  PARLEY_CO_ASSIGN(const std::vector<Rows> applied,
                   co_await session_.ExecuteAll(std::move(bounds)));
  for (std::size_t k = 0; k < unknown.size(); ++k) {
    if (applied[k].empty() || !applied[k][0][0]) continue;
    PARLEY_CO_ASSIGN(const Seq seq, ReadSeq(applied[k][0][0]));
    buckets[unknown[k]] = BucketOf(seq);
  }
  co_return buckets;
}

runtime::Task<Result<std::vector<Head>>> LogReads::ReadHeads(
    std::vector<ConversationId> conversations, ReadMode mode) {
  const Statement& read =
      mode == ReadMode::kFresh ? *statements_.read_head_serially : *statements_.read_head;
  std::vector<Head> heads(conversations.size());
  PARLEY_CO_ASSIGN(std::vector<std::int64_t> buckets, co_await StartBuckets(conversations));
  std::vector<std::size_t> open(conversations.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  while (!open.empty()) {
    std::vector<Bound> bounds;
    bounds.reserve(open.size());
    for (const std::size_t i : open) {
      bounds.push_back(Bind(read, UuidValue(conversations[i]), BigintValue(buckets[i])));
    }
    PARLEY_CO_ASSIGN(const std::vector<Rows> rows, co_await session_.ExecuteAll(std::move(bounds)));
    std::vector<std::size_t> full;
    for (std::size_t k = 0; k < open.size(); ++k) {
      const std::size_t i = open[k];
      if (rows[k].empty()) {
        // Nothing behind the last full bucket; or nothing at all. Where the search began there was
        // a head once, and heads never go.
        if (heads[i].seq == Seq() && buckets[i] > 0) {
          co_return Missing(conversations[i], LastOfBucket(buckets[i] - 1).Next());
        }
        continue;
      }
      PARLEY_CO_ASSIGN(heads[i], DecodeHead(rows[k]));
      newest_buckets_.Set(conversations[i], buckets[i]);
      if (!EndsBucket(heads[i].seq)) continue;
      ++buckets[i];
      full.push_back(i);
    }
    open = std::move(full);
  }
  co_return heads;
}

runtime::Task<Result<Head>> LogReads::ReadHead(ConversationId conversation) {
  PARLEY_CO_ASSIGN(const std::vector<Head> heads,
                   co_await ReadHeads({conversation}, ReadMode::kCached));
  co_return heads.front();
}

// -- Entries --------------------------------------------------------------------------------------

runtime::Task<Result<std::vector<EntryPtr>>> LogReads::ReadEntries(ConversationId conversation,
                                                                   Seq after, std::size_t limit,
                                                                   std::size_t max_bytes) {
  std::vector<EntryPtr> entries;
  std::size_t bytes = 0;
  Seq next = after.Next();
  while (after < kMaxSeq && entries.size() < limit && bytes <= max_bytes) {
    const std::size_t count = NextEntries(entries.size(), bytes, limit, max_bytes);
    const std::int64_t bucket = BucketOf(next);
    const Seq last = std::min(Seq(next.value() + count - 1), LastOfBucket(bucket));
    PARLEY_CO_ASSIGN(const Rows rows, co_await session_.Execute(Bind(
                                          *statements_.read_entries, UuidValue(conversation),
                                          BigintValue(bucket), SeqValue(next), SeqValue(last))));
    PARLEY_CO_ASSIGN(const std::vector<StoredEntry> stored, Merge(rows));
    for (const StoredEntry& each : stored) {
      if (each.seq != next) co_return Missing(conversation, next);
      bytes += each.bytes.size();
      if (!entries.empty() && bytes > max_bytes) co_return entries;
      PARLEY_CO_ASSIGN(EntryPtr entry, Decode(conversation, each));
      entries.push_back(std::move(entry));
      next = next.Next();
    }
    if (next <= last) break;  // the end of the log
  }
  co_return entries;
}

// -- Messages -------------------------------------------------------------------------------------

runtime::Task<Result<std::vector<EntryPtr>>> LogReads::ReadMessages(ConversationId conversation,
                                                                    MessageSlice slice) {
  const bool before = slice.direction == MessageSlice::Direction::kBefore;
  if (before) {
    return ReadMessagesBefore(conversation, slice.anchor.Previous(), slice.limit);
  }
  return ReadMessagesAfter(conversation, slice.anchor.Next(), slice.limit);
}

runtime::Task<Result<std::vector<EntryPtr>>> LogReads::ReadMessagesBefore(
    ConversationId conversation, Seq from, std::size_t limit) {
  std::vector<EntryPtr> messages;
  if (from == Seq() || limit == 0) co_return messages;
  const std::optional<std::int64_t> newest = newest_buckets_.Get(conversation);
  if (!newest || BucketOf(from) > *newest) {
    // It may be beyond the end, however far.
    PARLEY_CO_ASSIGN(const Head head, co_await ReadHead(conversation));
    if (head.seq == Seq()) co_return messages;
    from = std::min(from, head.seq);
  }
  for (std::int64_t bucket = BucketOf(from); bucket >= 0; --bucket) {
    PARLEY_CO_TRY(co_await AddMessages(
        Bind(*statements_.read_messages_before, UuidValue(conversation), BigintValue(bucket),
             SeqValue(from), LimitValue(limit - messages.size())),
        conversation, limit, &messages));
    // The message with n = 1 is the first of all.
    if (messages.size() >= limit || (!messages.empty() && messages.back()->n <= 1)) break;
  }
  std::ranges::reverse(messages);
  co_return messages;
}

runtime::Task<Result<std::vector<EntryPtr>>> LogReads::ReadMessagesAfter(
    ConversationId conversation, Seq from, std::size_t limit) {
  std::vector<EntryPtr> messages;
  if (from == Seq() || from > kMaxSeq || limit == 0) co_return messages;
  std::int64_t newest = newest_buckets_.Get(conversation).value_or(0);
  std::int64_t bucket = BucketOf(from);
  while (true) {
    if (!messages.empty()) from = messages.back()->seq.Next();
    PARLEY_CO_TRY(co_await AddMessages(
        Bind(*statements_.read_messages_after, UuidValue(conversation), BigintValue(bucket),
             SeqValue(from), LimitValue(limit - messages.size())),
        conversation, limit, &messages));
    if (messages.size() >= limit) break;
    if (bucket < newest) {
      ++bucket;
      continue;
    }
    PARLEY_CO_ASSIGN(const Head head, co_await ReadHead(conversation));
    if (bucket >= BucketOf(head.seq)) break;
    // The bucket is full now. It may not have been when it was read: once more what followed.
    newest = BucketOf(head.seq);
  }
  co_return messages;
}

runtime::Task<Status> LogReads::AddMessages(Bound bound, ConversationId conversation,
                                            std::size_t limit, std::vector<EntryPtr>* messages) {
  std::string page;
  do {
    PARLEY_CO_ASSIGN(const Rows rows, co_await session_.Execute(bound, std::move(page)));
    messages->reserve(messages->size() + rows.size());
    for (const Row row : rows) {
      PARLEY_CO_ASSIGN(const Seq seq, ReadSeq(row[0]));
      PARLEY_CO_ASSIGN(const std::string_view bytes, ReadBlob(row[1]));
      PARLEY_CO_ASSIGN(EntryPtr message, Decode(conversation, {.seq = seq, .bytes = bytes}));
      messages->push_back(std::move(message));
    }
    page = rows.next_page();
  } while (!page.empty() && messages->size() < limit);
  co_return Status::Ok();
}

}  // namespace parley::storage::cassandra
