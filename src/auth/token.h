#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "model/user.h"

namespace parley::auth {

/// What a token is for. Its text begins with the kind, so that leaked ones can be recognised and
/// one kind is never taken for the other.
enum class TokenKind {
  kSession,        ///< "pt_…"
  kAdminClaim,     ///< "pa_…"
  kInvitation,     ///< "pi_…"
  kPasswordReset,  ///< "pr_…"
};

/// A new secret: 256 random bits. Only the hash is stored; the text is told once, to whom it is
/// for.
struct NewToken {
  std::string text;  ///< the kind's prefix and 43 characters of base64url
  TokenHash hash;
};

NewToken MakeToken(TokenKind kind, Random& random);

/// The hash (SHA-256 of the 32 bytes) under which a token is stored, or nothing if `text` is not in
/// exactly the form that MakeToken writes.
std::optional<TokenHash> ParseToken(TokenKind kind, std::string_view text);

}  // namespace parley::auth
