#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "storage/conversation_store.h"

namespace parley::storage {

/// An id that nothing else has.
template <class IdType>
IdType NewId() {
  SystemRandom random;
  return IdType(Uuid::Version7(FromMillis(1'800'000'000'000), random));
}

/// Writes a conversation for a test: each call adds an entry, with its effects; Take() hands over
/// what gathered as one append. Knows what a store must show afterwards. Entry `seq` is written at
/// TimeOf(seq).
class LogBuilder {
 public:
  /// A group; the founders join with seq 1, the first of them as admin.
  explicit LogBuilder(std::vector<UserId> founders, std::string title = "");

  LogBuilder& Message(UserId sender, std::string text, std::vector<UserId> mentions = {});
  LogBuilder& Message(UserId sender, MessageBody body);
  LogBuilder& Title(std::string title);
  LogBuilder& Add(UserId user);
  LogBuilder& Remove(UserId user);
  LogBuilder& SetRole(UserId user, Role role);

  std::shared_ptr<AppendRequest> Take();

  static TimePoint TimeOf(Seq seq);

  // What a store must show once all is committed.
  ConversationId id() const { return info_.id; }
  const ConversationInfo& info() const { return info_; }
  const Head& head() const { return head_; }
  const std::vector<EntryPtr>& entries() const { return entries_; }
  EntryPtr last_message() const;
  std::vector<Member> members() const;  ///< by joined_seq, then user id
  const Member& member(UserId user) const { return members_.at(user); }
  /// The row of the last message.
  const SentRow& last_sent() const { return last_sent_; }

 private:
  Entry& Begin(UserId actor);
  void End(Entry& entry);
  void Join(UserId user, Role role, Seq seq);

  ConversationInfo info_;
  Head head_;
  std::map<UserId, Member> members_;
  std::vector<EntryPtr> entries_;
  SentRow last_sent_;
  Entry entry_;  ///< in the making
  Seq taken_;
  Effects effects_;  ///< since taken_
};

}  // namespace parley::storage
