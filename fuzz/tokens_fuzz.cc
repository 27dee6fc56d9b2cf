// Strings that clients hand back: base64url, cursors and tokens.

#include <string>

#include "auth/base64url.h"
#include "auth/cursor.h"
#include "auth/token.h"
#include "base/uuid.h"
#include "fuzz/check.h"

namespace parley::auth {
namespace {

void CheckBase64(std::string_view text) {
  if (const auto decoded = DecodeBase64Url(text)) {
    FUZZ_CHECK(EncodeBase64Url(*decoded) == text);  // one text for each value
  }
  FUZZ_CHECK(DecodeBase64Url(EncodeBase64Url(text)) == text);
}

void CheckCursor(std::string_view text) {
  const CursorSealer sealer(storage::SecretKey{1, 2, 3});
  // Nobody makes one by trying.
  const auto opened = sealer.Open("inbox:me", text);
  FUZZ_CHECK(!opened.ok() && opened.status().code() == StatusCode::kInvalidArgument);
  // One of ours opens for its purpose alone, and not after a change of any byte.
  std::string sealed = sealer.Seal("inbox:me", text);
  FUZZ_CHECK(sealer.Open("inbox:me", sealed).ok());
  FUZZ_CHECK(*sealer.Open("inbox:me", sealed) == text);
  FUZZ_CHECK(!sealer.Open("inbox:you", sealed).ok());
  FUZZ_CHECK(!CursorSealer(storage::SecretKey{3, 2, 1}).Open("inbox:me", sealed).ok());
  const std::size_t at = text.size() * 7 % sealed.size();
  sealed[at] = sealed[at] == 'A' ? 'B' : 'A';
  FUZZ_CHECK(!sealer.Open("inbox:me", sealed).ok());
}

void CheckToken(std::string_view text) {
  constexpr std::size_t kTokenChars = 46;
  const auto session = ParseToken(TokenKind::kSession, text);
  const auto claim = ParseToken(TokenKind::kAdminClaim, text);
  const auto invitation = ParseToken(TokenKind::kInvitation, text);
  const auto reset = ParseToken(TokenKind::kPasswordReset, text);
  const int kinds = (session ? 1 : 0) + (claim ? 1 : 0) + (invitation ? 1 : 0) + (reset ? 1 : 0);
  FUZZ_CHECK(kinds <= 1);
  if (kinds == 1) {
    FUZZ_CHECK(text.size() == kTokenChars);
    FUZZ_CHECK(text.substr(0, 3) == (session ? "pt_" : claim ? "pa_" : invitation ? "pi_" : "pr_"));
    FUZZ_CHECK(DecodeBase64Url(text.substr(3)).has_value());
  }
}

void CheckUuid(std::string_view text) {
  const auto uuid = Uuid::Parse(text);
  if (!uuid) return;
  const std::string canonical = uuid->ToString();
  FUZZ_CHECK(Uuid::Parse(canonical) == uuid);
  FUZZ_CHECK(canonical.size() == text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    FUZZ_CHECK(canonical[i] == (c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c));
  }
}

}  // namespace
}  // namespace parley::auth

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = parley::fuzz::AsText(data, size);
  parley::auth::CheckBase64(text);
  parley::auth::CheckCursor(text);
  parley::auth::CheckToken(text);
  parley::auth::CheckUuid(text);
  return 0;
}
