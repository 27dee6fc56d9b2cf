#include "auth/cursor.h"

#include <array>
#include <cstdint>
#include <optional>
#include <sodium.h>

#include "auth/base64url.h"

namespace parley::auth {
namespace {

using Mac = std::array<unsigned char, 16>;

Mac Authenticate(const storage::SecretKey& key, std::string_view purpose,
                 std::string_view payload) {
  // The length in front keeps ("a", "bc") and ("ab", "c") apart.
  const std::uint64_t purpose_size = purpose.size();
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), key.size(), sizeof(Mac));
  for (const std::string_view part :
       {std::string_view(reinterpret_cast<const char*>(&purpose_size), sizeof purpose_size),
        purpose, payload}) {
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              part.size());
  }
  Mac mac;
  crypto_generichash_final(&state, mac.data(), mac.size());
  return mac;
}

}  // namespace

std::string CursorSealer::Seal(std::string_view purpose, std::string_view payload) const {
  const Mac mac = Authenticate(key_, purpose, payload);
  std::string sealed(payload);
  sealed.append(mac.begin(), mac.end());
  return EncodeBase64Url(sealed);
}

Result<std::string> CursorSealer::Open(std::string_view purpose, std::string_view cursor) const {
  const Status refused = InvalidField("cursor", "is not one that this server gave for this list");
  std::optional<std::string> sealed = DecodeBase64Url(cursor);
  if (!sealed || sealed->size() < sizeof(Mac)) return refused;
  const std::size_t size = sealed->size() - sizeof(Mac);
  const Mac mac = Authenticate(key_, purpose, std::string_view(*sealed).substr(0, size));
  if (sodium_memcmp(mac.data(), sealed->data() + size, mac.size()) != 0) return refused;
  sealed->resize(size);
  return *std::move(sealed);
}

}  // namespace parley::auth
