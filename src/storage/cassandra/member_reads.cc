#include "storage/cassandra/member_reads.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "storage/cassandra/log_buckets.h"
#include "storage/cassandra/value.h"
#include "wire/records.h"

namespace parley::storage::cassandra {
namespace {

/// The columns of a row of `memberships`, in the order of the SELECT.
enum Column : std::size_t {
  kConversation,
  kStay,
  kMember,
  kReadSeq,
  kReadN,
  kReadAt,
  kDeliveredSeq,
  kDeliveredAt,
};

struct PositionAt {
  Position position;
  TimePoint at;  ///< when a part of it last rose
};

/// A part that was never written is null.
Result<PositionAt> DecodePosition(const Row& row) {
  PositionAt result;
  if (row[kReadSeq]) {
    PARLEY_ASSIGN(result.position.read, ReadSeq(row[kReadSeq]));
    PARLEY_ASSIGN(const std::int64_t n, ReadBigint(row[kReadN]));
    result.position.read_n = static_cast<std::uint64_t>(n);
    PARLEY_ASSIGN(result.at, ReadTimestamp(row[kReadAt]));
  }
  if (row[kDeliveredSeq]) {
    PARLEY_ASSIGN(result.position.delivered, ReadSeq(row[kDeliveredSeq]));
    PARLEY_ASSIGN(const TimePoint at, ReadTimestamp(row[kDeliveredAt]));
    result.at = std::max(result.at, at);
  }
  return result;
}

/// Puts memberships together from rows in the order of the table: of each conversation the
/// membership comes first (stay 0), then the positions of each stay.
class MembershipRows {
 public:
  explicit MembershipRows(UserId user) : user_(user) {}

  Status Add(const Row& row) {
    PARLEY_ASSIGN(const ConversationId conversation, ReadId<ConversationId>(row[kConversation]));
    PARLEY_ASSIGN(const Seq stay, ReadSeq(row[kStay]));
    if (stay == Seq()) return AddMembership(conversation, row);
    // Of somebody who is no member any more, or of a stay that is over.
    if (memberships_.empty()) return Status::Ok();
    Membership& membership = memberships_.back();
    if (membership.conversation != conversation || membership.member.joined_seq != stay) {
      return Status::Ok();
    }
    PARLEY_ASSIGN(const PositionAt position, DecodePosition(row));
    membership.position = position.position;
    membership.changed_at = std::max(membership.changed_at, position.at);
    return Status::Ok();
  }

  std::vector<Membership> Take() { return std::move(memberships_); }

 private:
  Status AddMembership(ConversationId conversation, const Row& row) {
    PARLEY_ASSIGN(const std::string_view bytes, ReadBlob(row[kMember]));
    PARLEY_ASSIGN(const wire::MemberRecord record, wire::ReadMemberRecord(bytes, user_));
    if (!record.member) return Status::Ok();
    memberships_.push_back({.conversation = conversation,
                            .member = *record.member,
                            .position = {},
                            .changed_at = record.at});
    return Status::Ok();
  }

  const UserId user_;
  std::vector<Membership> memberships_;
};

}  // namespace

runtime::Task<Result<std::vector<Membership>>> MemberReads::ReadMemberships(UserId user) {
  MembershipRows memberships(user);
  std::string page;
  do {
    PARLEY_CO_ASSIGN(const Rows rows,
                     co_await session_.Execute(Bind(*statements_.read_memberships, UuidValue(user)),
                                               std::move(page)));
    for (const Row row : rows) PARLEY_CO_TRY(memberships.Add(row));
    page = rows.next_page();
  } while (!page.empty());
  co_return memberships.Take();
}

runtime::Task<Result<std::optional<Membership>>> MemberReads::FindMembership(
    UserId user, ConversationId conversation) {
  PARLEY_CO_ASSIGN(const Rows rows,
                   co_await session_.Execute(Bind(*statements_.find_membership, UuidValue(user),
                                                  UuidValue(conversation))));
  MembershipRows found(user);
  for (const Row row : rows) PARLEY_CO_TRY(found.Add(row));
  const std::vector<Membership> memberships = found.Take();
  if (memberships.empty()) co_return std::optional<Membership>();
  co_return std::optional(memberships.front());
}

runtime::Task<Result<std::vector<Position>>> MemberReads::ReadPositions(
    ConversationId conversation, std::vector<Member> members) {
  std::vector<Bound> bounds;
  bounds.reserve(members.size());
  for (const Member& member : members) {
    bounds.push_back(Bind(*statements_.read_position, UuidValue(member.user),
                          UuidValue(conversation), SeqValue(member.joined_seq)));
  }
  PARLEY_CO_ASSIGN(const std::vector<Rows> rows, co_await session_.ExecuteAll(std::move(bounds)));
  std::vector<Position> positions(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (rows[i].empty()) continue;
    PARLEY_CO_ASSIGN(const PositionAt position, DecodePosition(rows[i][0]));
    positions[i] = position.position;
  }
  co_return positions;
}

runtime::Task<Result<std::size_t>> MemberReads::CountMentions(UserId user,
                                                              ConversationId conversation,
                                                              Seq after, std::size_t cap) {
  if (cap == 0 || after >= kMaxSeq) co_return std::size_t{0};
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  const auto limit = static_cast<std::int32_t>(std::min(cap, kMost));
  std::size_t count = 0;
  std::string page;
  do {
    PARLEY_CO_ASSIGN(
        const Rows rows,
        co_await session_.Execute(Bind(*statements_.find_mentions, UuidValue(user),
                                       UuidValue(conversation), SeqValue(after), IntValue(limit)),
                                  std::move(page)));
    count += rows.size();
    page = rows.next_page();
  } while (!page.empty());
  co_return count;
}

runtime::Task<Result<std::optional<SentRow>>> MemberReads::FindSent(ConversationId conversation,
                                                                    UserId sender,
                                                                    ClientId client_id,
                                                                    TimePoint not_before) {
  PARLEY_CO_ASSIGN(const Rows rows,
                   co_await session_.Execute(Bind(*statements_.find_sent, UuidValue(conversation),
                                                  UuidValue(sender), UuidValue(client_id))));
  if (rows.empty()) co_return std::optional<SentRow>();
  PARLEY_CO_ASSIGN(const std::string_view bytes, ReadBlob(rows[0][0]));
  PARLEY_CO_ASSIGN(const wire::SentRecord sent, wire::ReadSentRecord(bytes));
  if (sent.at < not_before) co_return std::optional<SentRow>();
  co_return std::optional(SentRow{.sender = sender,
                                  .client_id = client_id,
                                  .seq = sent.seq,
                                  .fingerprint = sent.fingerprint,
                                  .at = sent.at});
}

}  // namespace parley::storage::cassandra
