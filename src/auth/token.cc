#include "auth/token.h"

#include <array>
#include <cstdint>
#include <sodium.h>

#include "auth/base64url.h"

namespace parley::auth {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kEncodedChars = 43;

std::string_view Prefix(TokenKind kind) {
  switch (kind) {
    case TokenKind::kSession:
      return "pt_";
    case TokenKind::kAdminClaim:
      return "pa_";
    case TokenKind::kInvitation:
      return "pi_";
    case TokenKind::kPasswordReset:
      return "pr_";
  }
  return {};
}

TokenHash Hash(std::string_view bytes) {
  static_assert(sizeof(TokenHash) == crypto_hash_sha256_BYTES);
  TokenHash hash;
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size());
  return hash;
}

}  // namespace

NewToken MakeToken(TokenKind kind, Random& random) {
  std::array<std::uint8_t, kTokenBytes> bytes;
  random.Fill(bytes);
  const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {std::string(Prefix(kind)) + EncodeBase64Url(view), Hash(view)};
}

std::optional<TokenHash> ParseToken(TokenKind kind, std::string_view text) {
  const std::string_view prefix = Prefix(kind);
  if (text.size() != prefix.size() + kEncodedChars || !text.starts_with(prefix)) {
    return std::nullopt;
  }
  const std::optional<std::string> bytes = DecodeBase64Url(text.substr(prefix.size()));
  if (!bytes || bytes->size() != kTokenBytes) return std::nullopt;
  return Hash(*bytes);
}

}  // namespace parley::auth
