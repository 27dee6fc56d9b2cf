#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::http {

// Small readers of header values; all compare ASCII letters without case.

bool EqualsIgnoreCase(std::string_view one, std::string_view other);
std::string ToLower(std::string_view text);
/// Without spaces and tabs at both ends.
std::string_view Trim(std::string_view text);
/// The members of a comma-separated list (RFC 9110, 5.6.1), trimmed, empty ones left out.
std::vector<std::string_view> SplitList(std::string_view value);
/// The credentials behind "Bearer " (RFC 6750, 2.1), or nothing if the scheme is another.
std::optional<std::string_view> BearerToken(std::string_view authorization);
/// Whether a Content-Type is JSON: application/json with any parameters.
bool IsJson(std::string_view content_type);

}  // namespace parley::http
