#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// All that a store holds, as a stream of records that no engine has a say in: what is moved from
/// one engine to another. docs/storage.md ("Moving to another engine") has the keys and values.
namespace parley::storage {

/// The kinds of records, in the order in which they move. Stored in what a target remembers of a
/// move: append only.
enum class RecordKind : std::uint8_t {
  kSecretKeys,
  kSettings,
  kTime,
  kUsers,
  kUsernames,
  kPasswords,
  kSessions,
  kUserSessions,  ///< which sessions a person has, and under which token
  kSessionUses,
  kSearchTerms,
  kAdminClaims,
  kInvitations,
  kInvitationTokens,
  kPasswordResets,
  kAudit,
  kConversations,
  kHeads,  ///< after every kHeadEvery-th entry of a log, and after its last
  kLog,
  kMembers,
  kMemberships,
  kPositions,
  kSent,
  kMentions,
  kCount,
};
inline constexpr std::size_t kRecordKinds = static_cast<std::size_t>(RecordKind::kCount);

/// Some engines keep a log in parts, each with a head of its own: parts end after a multiple of so
/// many entries.
inline constexpr std::uint64_t kHeadEvery = 1'000;

/// "users": for people, and as the place of a kind in docs/storage.md.
std::string_view RecordKindName(RecordKind kind);

/// One row. Whatever engine it comes from, the bytes are the same.
struct Record {
  std::string key;
  std::string value;

  bool operator==(const Record&) const = default;
  auto operator<=>(const Record&) const = default;
};

/// kDataLoss, naming the record, unless key and value can be understood.
Status CheckRecord(RecordKind kind, const Record& record);

/// Some records of one kind.
struct RecordPage {
  std::vector<Record> records;  ///< may be empty before the end, too
  std::string next;  ///< where the next page begins: of no meaning but to who wrote it; empty: this
                     ///< was the last
};

/// Reads a store that nobody writes to. One thread; every call blocks, from no shard.
class Exporter {
 public:
  virtual ~Exporter() = default;

  /// What tells this source, as it is now, from every other, and from itself when it was changed.
  virtual std::string identity() const = 0;

  /// The page that begins at `from` (empty: at the first record). Pages are bounded in bytes, but
  /// for one record. The same again when it is asked again, also of another Exporter of the same
  /// identity. Records come in the order of the engine, each once. kUnavailable: try again.
  virtual Result<RecordPage> Read(RecordKind kind, std::string_view from) = 0;
};

/// What a target knows of the move into it.
struct ImportState {
  std::string source;  ///< Exporter::identity
  bool finished = false;
  std::string progress;  ///< as it was saved last; empty: never
};

/// Fills a store that nobody else uses. From Begin to Finish the store is half moved: it cannot be
/// opened but by another Importer. One thread; every call blocks, from no shard. kUnavailable and
/// kUnknown: try again, nothing is harmed by what was done already.
class Importer {
 public:
  virtual ~Importer() = default;

  /// Nothing where no move into this store was ever begun.
  virtual Result<std::optional<ImportState>> ReadState() = 0;
  /// Marks the store as half moved from `source`. kConflict, and nothing changed, unless it is
  /// empty.
  virtual Status Begin(std::string source) = 0;
  /// Durable when answered. Twice is once. kDataLoss, and nothing written, where CheckRecord finds
  /// one of them wrong.
  virtual Status Write(RecordKind kind, const std::vector<Record>& records) = 0;
  /// Remembers `progress` in the store. `number` grows with every call of a move, also over its
  /// interruptions: the highest stays.
  virtual Status SaveProgress(std::string progress, std::uint64_t number) = 0;
  /// The store is whole from here on.
  virtual Status Finish() = 0;

  /// Reads back what was written: the same records, in another order. Lives as long as this.
  virtual Exporter& written() = 0;
};

}  // namespace parley::storage
