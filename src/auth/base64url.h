#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::auth {

/// RFC 4648 section 5, without padding.
std::string EncodeBase64Url(std::string_view bytes);

/// Strict: one text for each value. Padding, other characters and stray bits at the end are
/// refused.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace parley::auth
