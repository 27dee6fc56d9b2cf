#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "model/ids.h"
#include "model/user.h"

namespace parley::storage::rocks {

/// The key of a row: ids as their 16 bytes, seqs as 8 bytes with the highest first, so that rows
/// lie in the order of their seqs. Lives on the stack.
class Key {
 public:
  static constexpr std::size_t kMaxSize = 48;

  Key& Add(std::string_view bytes) {
    assert(size_ + bytes.size() <= kMaxSize);
    std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
    return *this;
  }
  template <class Tag>
  Key& Add(const Id<Tag>& id) {
    return Add(id.view());
  }
  Key& Add(Seq seq) {
    std::array<char, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<char>(seq.value() >> (56 - 8 * i));
    }
    return Add(std::string_view(bytes.data(), bytes.size()));
  }
  Key& Add(const TokenHash& hash) {
    return Add(std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
  }

  std::string_view view() const { return {bytes_.data(), size_}; }
  operator std::string_view() const { return view(); }

 private:
  std::array<char, kMaxSize> bytes_;
  std::size_t size_ = 0;
};

/// Messages lie apart from all other entries, so that a page of messages is one slice. Stored:
/// append only.
enum class LogClass : std::uint8_t { kMessage = 0, kOther = 1 };

/// Two ids: members (conversation, user), memberships and positions (user, conversation), sessions
/// of a user.
template <class First, class Second>
Key PairKey(const First& first, const Second& second) {
  return Key().Add(first).Add(second);
}

inline Key LogPrefix(ConversationId conversation, LogClass log_class) {
  const char byte = static_cast<char>(log_class);
  return Key().Add(conversation).Add(std::string_view(&byte, 1));
}
inline Key LogKey(ConversationId conversation, LogClass log_class, Seq seq) {
  return LogPrefix(conversation, log_class).Add(seq);
}

inline Key SentKey(ConversationId conversation, UserId sender, ClientId client_id) {
  return Key().Add(conversation).Add(sender).Add(client_id);
}

inline Key MentionKey(UserId user, ConversationId conversation, Seq seq) {
  return Key().Add(user).Add(conversation).Add(seq);
}

// Families that hold a thing and what leads to it tell the two apart by the first byte. Stored:
// never changes.
inline Key InvitationKey(InvitationId id) { return Key().Add("i").Add(id); }
inline Key InvitationTokenKey(const TokenHash& hash) { return Key().Add("t").Add(hash); }
inline Key InviterPrefix(UserId user) { return Key().Add("u").Add(user); }
inline Key InviterKey(UserId user, InvitationId id) { return InviterPrefix(user).Add(id); }
inline Key ResetTokenKey(const TokenHash& hash) { return Key().Add("t").Add(hash); }
inline Key ResetUserKey(UserId user) { return Key().Add("u").Add(user); }

/// The last 8 bytes of a key as a seq.
inline Seq SeqAtEnd(std::string_view key) {
  assert(key.size() >= 8);
  std::uint64_t value = 0;
  for (const char byte : key.substr(key.size() - 8)) {
    value = value << 8 | static_cast<std::uint8_t>(byte);
  }
  return Seq(value);
}

/// The last 16 bytes of a key as an id.
template <class IdType>
IdType IdAtEnd(std::string_view key) {
  assert(key.size() >= Uuid::kSize);
  return IdType(Uuid::FromBytes(key.substr(key.size() - Uuid::kSize)));
}

}  // namespace parley::storage::rocks
