#include "model/validate.h"

#include <algorithm>

#include <fmt/core.h>

namespace parley {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Takes one code point off the front of valid UTF-8.
char32_t TakeChar(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t value = size == 1 ? lead : lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size && i < text.size(); ++i) {
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(size, text.size()));
  return value;
}

/// White_Space (PropList.txt of the Unicode Character Database), and the format characters that
/// draw nothing.
bool IsInvisible(char32_t c) {
  return c <= 0x20 || c == 0x7F || c == 0x85 || c == 0xA0 || c == 0xAD || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
         (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF || c == 0x180E;
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

Result<std::string> ValidateLine(std::string_view field, std::string_view text,
                                 std::size_t max_chars) {
  if (CountChars(text) > max_chars) {
    return InvalidField(std::string(field), fmt::format("at most {} characters", max_chars));
  }
  if (HasControl(text)) {
    return InvalidField(std::string(field), "one line without control characters");
  }
  return std::string(text);
}

}  // namespace

std::size_t CountChars(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return !IsContinuation(c); }));
}

bool IsBlank(std::string_view utf8) {
  while (!utf8.empty()) {
    if (!IsInvisible(TakeChar(utf8))) return false;
  }
  return true;
}

Result<std::string> ValidateUsername(std::string_view username) {
  const bool size_fits =
      username.size() >= Limits::kUsernameMinChars && username.size() <= Limits::kUsernameMaxChars;
  std::string lower(username);
  bool letters_fit = true;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    letters_fit = letters_fit && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                                  c == '.' || c == '-');
  }
  if (!size_fits || !letters_fit) {
    return InvalidField("username", "3 to 32 of the letters a-z, digits, '_', '.' and '-'");
  }
  return lower;
}

Status ValidatePassword(std::string_view password, std::string_view field) {
  if (password.size() < Limits::kPasswordMinBytes || password.size() > Limits::kPasswordMaxBytes) {
    return InvalidField(std::string(field),
                        fmt::format("at least {} and at most {} bytes", Limits::kPasswordMinBytes,
                                    Limits::kPasswordMaxBytes));
  }
  return Status::Ok();
}

Result<std::string> ValidateDisplayName(std::string_view name, const Limits& limits) {
  if (IsBlank(name)) return InvalidField("display_name", "must not be blank");
  return ValidateLine("display_name", name, limits.display_name_chars);
}

Result<std::string> ValidateTitle(std::string_view title, const Limits& limits) {
  if (!title.empty() && IsBlank(title)) return InvalidField("title", "must not be blank");
  return ValidateLine("title", title, limits.title_chars);
}

Status ValidateText(std::string_view text, const Limits& limits) {
  if (text.size() > limits.text_bytes) {
    return InvalidField("text", fmt::format("at most {} bytes of UTF-8", limits.text_bytes));
  }
  if (IsBlank(text)) return InvalidField("text", "must not be blank");
  return Status::Ok();
}

Status ValidateEmail(std::string_view email) {
  constexpr std::size_t kMaxBytes = 254;  // RFC 5321, 4.5.3.1.3, less the angle brackets
  const std::size_t at = email.rfind('@');
  if (email.size() > kMaxBytes || at == std::string_view::npos || at == 0 ||
      at + 1 == email.size() || HasControl(email) || email.find(' ') != std::string_view::npos) {
    return InvalidField("email", "an address like ann@example.org");
  }
  return Status::Ok();
}

Status ValidateDeviceName(std::string_view name) {
  constexpr std::size_t kMaxChars = 100;
  return ValidateLine("device_name", name, kMaxChars).status();
}

}  // namespace parley
