#include "storage/rocks/exporter.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/iterator.h>

#include "storage/rocks/database.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/prefix_scan.h"
#include "storage/rocks/source_files.h"
#include "wire/records.h"

namespace parley::storage::rocks {
namespace {

/// Rows of a family, each a record as it is, but for what its key begins with.
struct Place {
  Family family;
  std::string_view prefix;
};

Place PlaceOf(RecordKind kind) {
  switch (kind) {
    case RecordKind::kSecretKeys:
      return {Family::kMeta, "key/"};
    case RecordKind::kSettings:
      return {Family::kMeta, "setting/"};
    case RecordKind::kTime:
      return {Family::kMeta, "time"};
    case RecordKind::kUsers:
      return {Family::kUsers, ""};
    case RecordKind::kUsernames:
      return {Family::kUsernames, ""};
    case RecordKind::kPasswords:
      return {Family::kPasswords, ""};
    case RecordKind::kSessions:
      return {Family::kSessions, ""};
    case RecordKind::kUserSessions:
      return {Family::kUserSessions, ""};
    case RecordKind::kSessionUses:
      return {Family::kSessionUses, ""};
    case RecordKind::kSearchTerms:
      return {Family::kUserSearch, ""};
    case RecordKind::kAdminClaims:
      return {Family::kAdminClaims, ""};
    case RecordKind::kInvitations:
      return {Family::kInvitations, "i"};
    case RecordKind::kInvitationTokens:
      return {Family::kInvitations, "t"};
    case RecordKind::kPasswordResets:
      return {Family::kPasswordResets, "t"};
    case RecordKind::kAudit:
      return {Family::kAudit, ""};
    case RecordKind::kConversations:
      return {Family::kConversations, ""};
    case RecordKind::kHeads:
      return {Family::kHeads, ""};
    case RecordKind::kLog:
      return {Family::kLog, ""};
    case RecordKind::kMembers:
      return {Family::kMembers, ""};
    case RecordKind::kMemberships:
      return {Family::kMemberships, ""};
    case RecordKind::kPositions:
      return {Family::kPositions, ""};
    case RecordKind::kSent:
      return {Family::kSent, ""};
    case RecordKind::kMentions:
      return {Family::kMentions, ""};
    case RecordKind::kCount:
      break;
  }
  return {Family::kDefault, ""};  // empty
}

/// A walk over the rows of a family whose keys begin with a prefix, in any family, from any key on.
class Walk {
 public:
  Walk(const SourceFiles& files, Family family, std::string_view prefix)
      : family_(family),
        prefix_(prefix),
        end_(EndOfPrefix(prefix)),
        lower_bound_(prefix_),
        upper_bound_(end_) {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    options.fill_cache = false;
    options.iterate_lower_bound = &lower_bound_;
    if (!end_.empty()) options.iterate_upper_bound = &upper_bound_;
    rows_.reset(files.db().NewIterator(options, files.family(family)));
  }

  void Seek(std::string_view key) { rows_->Seek(key); }
  void SeekBack(std::string_view key) { rows_->SeekForPrev(key); }
  void Next() { rows_->Next(); }
  bool Valid() const { return rows_->Valid(); }
  std::string_view key() const { return rows_->key().ToStringView(); }
  std::string_view value() const { return rows_->value().ToStringView(); }
  const std::string& prefix() const { return prefix_; }
  Status status() const { return ToStatus(rows_->status(), family_); }

 private:
  const Family family_;
  const std::string prefix_;
  const std::string end_;
  const rocksdb::Slice lower_bound_;
  const rocksdb::Slice upper_bound_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

/// A position that says nothing shows nowhere: it is as if it were not there.
bool SaysNothing(RecordKind kind, std::string_view value) {
  if (kind != RecordKind::kPositions) return false;
  const Result<wire::PositionRecord> row = wire::ReadPositionRecord(value);
  return row.ok() && row->position.read == Seq() && row->position.delivered == Seq();
}

class RocksExporter final : public Exporter {
 public:
  RocksExporter(std::unique_ptr<SourceFiles> files, std::string identity, ExportOptions options)
      : files_(std::move(files)), identity_(std::move(identity)), options_(options) {}

  std::string identity() const override { return identity_; }

  Result<RecordPage> Read(RecordKind kind, std::string_view from) override {
    const Place place = PlaceOf(kind);
    Walk walk(*files_, place.family, place.prefix);
    walk.Seek(from.empty() ? std::string_view(walk.prefix()) : from);
    RecordPage page;
    std::size_t bytes = 0;
    for (; walk.Valid(); walk.Next()) {
      if (page.records.size() >= options_.page_records || bytes >= options_.page_bytes) {
        page.next = walk.key();
        break;
      }
      if (SaysNothing(kind, walk.value())) continue;
      const std::size_t before = page.records.size();
      if (kind == RecordKind::kHeads) {
        PARLEY_TRY(AddHeads(walk, page.records));
      } else {
        page.records.push_back({.key = std::string(walk.key().substr(place.prefix.size())),
                                .value = std::string(walk.value())});
      }
      for (std::size_t i = before; i < page.records.size(); ++i) {
        bytes += page.records[i].key.size() + page.records[i].value.size();
      }
    }
    PARLEY_TRY(walk.status());
    return page;
  }

 private:
  /// The head of a conversation, after those that it had where parts of the log end.
  Status AddHeads(const Walk& heads, std::vector<Record>& records) const {
    if (heads.key().size() != Uuid::kSize) return DataLoss("the key of a head has another length");
    const ConversationId conversation(Uuid::FromBytes(heads.key()));
    PARLEY_ASSIGN(const Head head, wire::ReadHeadRecord(heads.value()));
    if (head.seq.value() > kHeadEvery) PARLEY_TRY(AddEarlierHeads(conversation, head, records));
    records.push_back({.key = std::string(Key().Add(conversation).Add(head.seq).view()),
                       .value = std::string(heads.value())});
    return Status::Ok();
  }

  Status AddEarlierHeads(ConversationId conversation, const Head& head,
                         std::vector<Record>& records) const {
    PARLEY_ASSIGN(const Entry creation, ReadEntry(conversation, Seq(1)));
    Walk messages(*files_, Family::kLog, LogPrefix(conversation, LogClass::kMessage));
    for (std::uint64_t at = kHeadEvery; at < head.seq.value(); at += kHeadEvery) {
      const Seq seq(at);
      PARLEY_ASSIGN(const Entry entry, ReadEntry(conversation, seq));
      Head then{.seq = seq,
                .n = entry.n,
                .last_message = {},
                .last_message_at = creation.at,
                .changed_at = entry.at};
      messages.SeekBack(LogKey(conversation, LogClass::kMessage, seq));
      if (messages.Valid()) {
        then.last_message = SeqAtEnd(messages.key());
        PARLEY_ASSIGN(const Entry message,
                      wire::ReadEntryRecord(messages.value(), conversation, then.last_message));
        then.last_message_at = message.at;
      }
      PARLEY_TRY(messages.status());
      Record& record = records.emplace_back();
      record.key = Key().Add(conversation).Add(seq).view();
      wire::AppendRecord(record.value, then);
    }
    return Status::Ok();
  }

  Result<Entry> ReadEntry(ConversationId conversation, Seq seq) const {
    for (const LogClass log_class : {LogClass::kMessage, LogClass::kOther}) {
      rocksdb::PinnableSlice value;
      const rocksdb::Status read =
          files_->db().Get(rocksdb::ReadOptions(), files_->family(Family::kLog),
                           LogKey(conversation, log_class, seq).view(), &value);
      if (read.IsNotFound()) continue;
      PARLEY_TRY(ToStatus(read, Family::kLog));
      return wire::ReadEntryRecord(value.ToStringView(), conversation, seq);
    }
    return DataLoss(fmt::format("entry {} of conversation {} is missing", seq.value(),
                                conversation.ToString()));
  }

  const std::unique_ptr<SourceFiles> files_;
  const std::string identity_;
  const ExportOptions options_;
};

/// Nothing writes these rows yet: there are none that would be left behind.
Status CheckReserved(const SourceFiles& files) {
  Walk current(files, Family::kCurrent, "");
  current.Seek("");
  PARLEY_TRY(current.status());
  if (!current.Valid()) return Status::Ok();
  return Internal(
      "the data have rows that only a newer version of Parley writes: move them with that version");
}

/// The database, and how much was ever written to it.
Result<std::string> IdentityOf(const SourceFiles& files) {
  std::string id;
  PARLEY_TRY(ToStatus(files.db().GetDbIdentity(id), Family::kDefault));
  return fmt::format("rocksdb {} {}", id, files.db().GetLatestSequenceNumber());
}

}  // namespace

Result<std::unique_ptr<Exporter>> OpenExporter(const std::filesystem::path& path,
                                               ExportOptions options) {
  PARLEY_ASSIGN(std::unique_ptr<SourceFiles> files, SourceFiles::Open(path));
  PARLEY_TRY(CheckReserved(*files));
  PARLEY_ASSIGN(std::string identity, IdentityOf(*files));
  return std::unique_ptr<Exporter>(
      std::make_unique<RocksExporter>(std::move(files), std::move(identity), options));
}

}  // namespace parley::storage::rocks
