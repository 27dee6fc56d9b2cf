#include <cstdint>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/snapshot.h>

#include "storage/rocks/conversation_reads.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/prefix_scan.h"
#include "wire/records.h"

// The reads of the log itself.
namespace parley::storage::rocks {
namespace {

Result<EntryPtr> DecodeEntry(const PrefixScan& scan, ConversationId conversation) {
  auto entry = std::make_shared<Entry>();
  PARLEY_TRY(wire::ReadEntryInto(*entry, scan.value(), conversation, SeqAtEnd(scan.key())));
  return EntryPtr(std::move(entry));
}

/// The whole log of a conversation in order: its classes lie apart, and are walked side by side.
class LogScan {
 public:
  LogScan(const Database& db, ConversationId conversation, Seq from, Depth depth,
          const rocksdb::Snapshot* snapshot)
      : messages_(db, Family::kLog, LogPrefix(conversation, LogClass::kMessage), depth, snapshot),
        others_(db, Family::kLog, LogPrefix(conversation, LogClass::kOther), depth, snapshot) {
    messages_.Seek(LogKey(conversation, LogClass::kMessage, from));
    others_.Seek(LogKey(conversation, LogClass::kOther, from));
  }

  /// The slice that holds the next entry; null at the end.
  PrefixScan* Next() {
    if (!messages_.Valid()) return others_.Valid() ? &others_ : nullptr;
    if (!others_.Valid()) return &messages_;
    return SeqAtEnd(messages_.key()) < SeqAtEnd(others_.key()) ? &messages_ : &others_;
  }

  Status status() const {
    PARLEY_TRY(messages_.status());
    return others_.status();
  }

 private:
  PrefixScan messages_;
  PrefixScan others_;
};

/// Puts messages before `anchor` in front of `messages`, until they are `limit`.
Status ReadOlder(PrefixScan& scan, ConversationId conversation, Seq anchor, std::size_t limit,
                 std::vector<EntryPtr>& messages) {
  std::vector<EntryPtr> older;
  for (scan.SeekBack(LogKey(conversation, LogClass::kMessage, anchor.Previous()));
       older.size() + messages.size() < limit && scan.Valid(); scan.Previous()) {
    PARLEY_ASSIGN(EntryPtr message, DecodeEntry(scan, conversation));
    older.push_back(std::move(message));
  }
  PARLEY_TRY(scan.status());
  messages.insert(messages.begin(), std::make_move_iterator(older.rbegin()),
                  std::make_move_iterator(older.rend()));
  return Status::Ok();
}

}  // namespace

Result<Seq> ConversationReads::ReadHeadSeq(ConversationId conversation) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kHeads, Key().Add(conversation), value));
  if (!found) return Seq();
  PARLEY_ASSIGN(const Head head, wire::ReadHeadRecord(value.ToStringView()));
  return head.seq;
}

Result<std::vector<EntryPtr>> ConversationReads::ReadEntries(ConversationId conversation, Seq after,
                                                             std::size_t limit,
                                                             std::size_t max_bytes,
                                                             Depth depth) const {
  std::vector<EntryPtr> entries;
  if (after.Next() == Seq()) return entries;  // the last of all seqs
  // Both classes at one moment, or an entry might be missing between others.
  rocksdb::ManagedSnapshot snapshot(&db_.db());
  LogScan scan(db_, conversation, after.Next(), depth, snapshot.snapshot());
  std::size_t bytes = 0;
  for (Seq expected = after.Next(); entries.size() < limit; expected = expected.Next()) {
    PrefixScan* next = scan.Next();
    if (next == nullptr) break;
    bytes += next->value().size();
    if (!entries.empty() && bytes > max_bytes) break;
    PARLEY_ASSIGN(EntryPtr entry, DecodeEntry(*next, conversation));
    if (entry->seq != expected) {
      PARLEY_TRY(scan.status());
      return DataLoss(fmt::format("entry {} of conversation {} is missing", expected.value(),
                                  conversation.ToString()));
    }
    entries.push_back(std::move(entry));
    next->Next();
  }
  PARLEY_TRY(scan.status());
  return entries;
}

Result<std::vector<EntryPtr>> ConversationReads::ReadMessages(ConversationId conversation,
                                                              MessageSlice slice,
                                                              Depth depth) const {
  const bool before = slice.direction == MessageSlice::Direction::kBefore;
  const std::uint64_t anchor = slice.anchor.value();
  // Going forward costs RocksDB half of going back, and most entries are messages: before the
  // anchor too it begins where the slice would if all were, and goes back for what is missing then.
  const Seq start =
      before ? Seq(anchor > slice.limit ? anchor - slice.limit : 1) : slice.anchor.Next();
  std::vector<EntryPtr> messages;
  if (start == Seq()) return messages;  // after the last of all seqs

  PrefixScan scan(db_, Family::kLog, LogPrefix(conversation, LogClass::kMessage), depth);
  scan.Seek(LogKey(conversation, LogClass::kMessage, start));
  while (messages.size() < slice.limit && scan.Valid() &&
         (!before || SeqAtEnd(scan.key()) < slice.anchor)) {
    PARLEY_ASSIGN(EntryPtr message, DecodeEntry(scan, conversation));
    messages.push_back(std::move(message));
    scan.Next();
  }
  PARLEY_TRY(scan.status());
  if (before && messages.size() < slice.limit && start > Seq(1)) {
    PARLEY_TRY(ReadOlder(scan, conversation, start, slice.limit, messages));
  }
  return messages;
}

}  // namespace parley::storage::rocks
