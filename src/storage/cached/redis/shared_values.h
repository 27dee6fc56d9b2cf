#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/user.h"
#include "storage/conversation_store.h"

namespace parley::storage::cached {

// What the shared cache keeps, and under which keys. Pure. Made of the stored records
// (wire/records.h); bytes that cannot be understood are kDataLoss, and count as nothing.

/// Of the layout of keys and values: programs of another one do not see each other's.
inline constexpr int kSharedSchema = 1;

/// "prefix:1:h:018f…": the keys of one installation.
class SharedKeys {
 public:
  explicit SharedKeys(const std::string& prefix);

  /// The head and the last message. Its version is the head's seq.
  std::string Head(ConversationId conversation) const;
  /// What the conversation is, and its members.
  std::string Body(ConversationId conversation) const;
  /// Entries of so many seqs, from `page` * kPageEntries + 1 on. Never change: version 1.
  std::string Page(ConversationId conversation, std::uint64_t page) const;
  std::string User(UserId user) const;

 private:
  std::string Make(std::string_view kind, std::string_view id) const;

  std::string prefix_;
};

inline constexpr std::size_t kPageEntries = 50;

/// The end of a log.
struct SharedHead {
  Head head;
  EntryPtr last_message;  ///< null where there is none
};
std::string EncodeHead(const Head& head, const EntryPtr& last_message);
Result<SharedHead> DecodeHead(std::string_view bytes, ConversationId conversation);

/// A conversation apart from the end of its log.
struct SharedBody {
  Seq seq;                 ///< the head that was read with it
  bool spoken_in = false;  ///< as of then; false where an older program wrote it
  ConversationInfo info;
  std::shared_ptr<const std::vector<Member>> members;
};
std::string EncodeBody(const ConversationSnapshot& snapshot);
Result<SharedBody> DecodeBody(std::string_view bytes, ConversationId conversation);

/// `entries`: a whole page.
std::string EncodePage(std::span<const EntryPtr> entries);
Result<std::vector<EntryPtr>> DecodePage(std::string_view bytes, ConversationId conversation,
                                         std::uint64_t page);

std::string EncodeUser(const User& user);
Result<User> DecodeUser(std::string_view bytes, UserId id);

}  // namespace parley::storage::cached
