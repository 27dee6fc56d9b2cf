#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/meta_store.h"

namespace parley::auth {

/// Makes cursors: strings that clients hand back, which nobody else can make or change. A cursor is
/// base64url(payload, 16 bytes of BLAKE2b over purpose and payload under a key). The payload is
/// authentic, not secret. Immutable; any thread.
class CursorSealer {
 public:
  explicit CursorSealer(const storage::SecretKey& key) : key_(key) {}

  /// `purpose` says what the cursor is for and, where it must not be handed on, whose it is
  /// ("inbox:" + user id): one made for another purpose does not open. `payload` may be any bytes,
  /// also none.
  std::string Seal(std::string_view purpose, std::string_view payload) const;

  /// The payload; InvalidField "cursor" unless `cursor` is one that Seal made for this purpose.
  Result<std::string> Open(std::string_view purpose, std::string_view cursor) const;

 private:
  const storage::SecretKey key_;
};

}  // namespace parley::auth
