#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/limits.h"

namespace parley {

// Every check of form is here, once; each answers an InvalidArgument that names the field and
// says what is accepted. All text must already be valid UTF-8.

/// 3 to 32 of a-z 0-9 _ . -, in either case; answers it in lower case.
Result<std::string> ValidateUsername(std::string_view username);
/// 8 to 1,024 bytes of anything.
Status ValidatePassword(std::string_view password, std::string_view field = "password");
/// At most `limits.display_name_chars`, not blank, no control characters.
Result<std::string> ValidateDisplayName(std::string_view name, const Limits& limits);
/// At most `limits.title_chars`, no control characters; may be empty (no title).
Result<std::string> ValidateTitle(std::string_view title, const Limits& limits);
/// At most `limits.text_bytes` and not blank. The text is kept to the byte.
Status ValidateText(std::string_view text, const Limits& limits);
/// Something@something, at most 254 bytes; delivery alone can tell more.
Status ValidateEmail(std::string_view email);
/// At most 100 code points, no control characters.
Status ValidateDeviceName(std::string_view name);

/// Whether nothing of the text would be seen: only white space (Unicode's White_Space property)
/// and invisible format characters.
bool IsBlank(std::string_view utf8);
/// Code points; the text must be valid UTF-8.
std::size_t CountChars(std::string_view utf8);

}  // namespace parley
