#include "auth/keyed_hash.h"

#include <algorithm>
#include <array>
#include <string>
#include <sodium.h>

namespace parley::auth {
namespace {

using Hash16 = std::array<std::uint8_t, 16>;
static_assert(sizeof(Hash16) == crypto_generichash_BYTES_MIN);

Hash16 Blake2b(const storage::SecretKey& key, std::string_view bytes) {
  Hash16 hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), key.data(), key.size());
  return hash;
}

}  // namespace

static_assert(sizeof(Fingerprint) == crypto_shorthash_siphashx24_BYTES);
static_assert(sizeof(Hash16) == crypto_shorthash_siphashx24_KEYBYTES);

Fingerprinter::Fingerprinter(const storage::SecretKey& key)
    : key_(key), short_key_(Blake2b(key, "fingerprints: the key of SipHash")) {}

Fingerprint Fingerprinter::Of(std::string_view bytes) const {
  Fingerprint hash;
  crypto_shorthash_siphashx24(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                              bytes.size(), short_key_.data());
  return hash;
}

bool Fingerprinter::Matches(const Fingerprint& stored, std::string_view bytes) const {
  return stored == Of(bytes) || stored == Blake2b(key_, bytes);
}

ConversationId ConversationIds::Direct(UserId one, UserId other) const {
  const auto [low, high] = std::minmax(one, other);
  std::string pair("direct:");
  pair.append(low.view()).append(high.view());
  return ConversationId(Uuid::Version8(Blake2b(key_, pair)));
}

ConversationId ConversationIds::Group(UserId creator, ClientId client_id) const {
  std::string pair("group:");
  pair.append(creator.view()).append(client_id.view());
  return ConversationId(Uuid::Version8(Blake2b(key_, pair)));
}

}  // namespace parley::auth
