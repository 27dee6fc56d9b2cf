#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/entry.h"
#include "model/ids.h"
#include "storage/meta_store.h"

namespace parley::auth {

/// The names of the installation's keys (storage::MetaStore). Those of fingerprints and
/// conversation ids never change: stored data depends on them.
inline constexpr std::string_view kFingerprintKey = "fingerprints";
inline constexpr std::string_view kConversationIdKey = "conversation_ids";
inline constexpr std::string_view kCursorKey = "cursors";

/// Turns the bytes of a request into its fingerprint: SipHash-2-4 of 128 bits under a key
/// (libsodium's crypto_shorthash_siphashx24), so that who reads the database cannot try texts
/// against it. Each message has one made: a hash for short texts. Immutable; any thread.
class Fingerprinter {
 public:
  explicit Fingerprinter(const storage::SecretKey& key);
  Fingerprint Of(std::string_view bytes) const;
  /// Whether `stored` is of these bytes: made by Of(), or as the first versions made it (BLAKE2b).
  bool Matches(const Fingerprint& stored, std::string_view bytes) const;

 private:
  storage::SecretKey key_;
  std::array<std::uint8_t, 16> short_key_;
};

/// Makes the ids of conversations that must come out the same whenever and wherever they are made
/// (UUIDv8, BLAKE2b under a key, so that nobody can compute one to ask about). Immutable; any
/// thread.
class ConversationIds {
 public:
  explicit ConversationIds(const storage::SecretKey& key) : key_(key) {}

  /// Of the one conversation between two people, in either order.
  ConversationId Direct(UserId one, UserId other) const;
  /// Of the group that `creator` makes under `client_id`: a retry finds the first.
  ConversationId Group(UserId creator, ClientId client_id) const;

 private:
  const storage::SecretKey key_;
};

}  // namespace parley::auth
