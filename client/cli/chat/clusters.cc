#include "client/cli/chat/clusters.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utf8proc.h>

namespace parley::client::cli::chat {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr utf8proc_int32_t kJoiner = 0x200D;
constexpr utf8proc_int32_t kEmojiForm = 0xFE0F;  // variation selector 16
constexpr utf8proc_int32_t kReplacement = 0xFFFD;
/// Pictures, whose widths differ with a terminal's age.
constexpr utf8proc_int32_t kFirstPicture = 0x1F000;

const utf8proc_uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

struct CodePoint {
  utf8proc_int32_t value = kReplacement;
  std::size_t size = 1;
};

CodePoint Decode(std::string_view text) {
  CodePoint point;
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  const utf8proc_ssize_t used = utf8proc_iterate(Bytes(text), size, &point.value);
  if (used < 1) return {};
  point.size = static_cast<std::size_t>(used);
  return point;
}

bool IsFlagHalf(utf8proc_int32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }
/// Vowels and finals that join the syllable before them.
bool IsJoiningJamo(utf8proc_int32_t c) { return c >= 0x1160 && c <= 0x11FF; }

/// Sums up what is known of a cluster while its code points come by.
class Measure {
 public:
  void Add(utf8proc_int32_t c) {
    ++count_;
    const int width = IsJoiningJamo(c) ? 0 : utf8proc_charwidth(c);
    if (c == kJoiner || c == kEmojiForm || c >= kFirstPicture) picture_ |= count_ > 1;
    if (c >= kFirstPicture || c == kEmojiForm) firm_ = false;
    if (width == 2 && utf8proc_category(c) == UTF8PROC_CATEGORY_SO) firm_ = false;
    // Invisible ones such as the soft hyphen: terminals do not agree.
    if (utf8proc_category(c) == UTF8PROC_CATEGORY_CF) firm_ = false;
    // A second letter with a width of its own, as scripts of India have it.
    if (width > 0 && width_ > 0) firm_ = false;
    flag_ |= IsFlagHalf(c) && count_ > 1;
    width_ += width;
  }

  int width() const {
    if (width_ > 0 && (picture_ || flag_)) return 2;
    return std::min(width_, 2);
  }
  bool firm() const { return firm_; }

 private:
  int count_ = 0;
  int width_ = 0;
  bool picture_ = false;
  bool flag_ = false;
  bool firm_ = true;
};

}  // namespace

Cluster FirstCluster(std::string_view text) {
  // The screen shows it as a space.
  if (text.front() == '\t') return {text.substr(0, 1), 1, true};
  Measure measure;
  CodePoint point = Decode(text);
  measure.Add(point.value);
  std::size_t size = point.size;
  utf8proc_int32_t state = 0;
  while (size < text.size()) {
    const CodePoint next = Decode(text.substr(size));
    if (utf8proc_grapheme_break_stateful(point.value, next.value, &state)) break;
    measure.Add(next.value);
    size += next.size;
    point = next;
  }
  return {text.substr(0, size), measure.width(), measure.firm()};
}

std::size_t PreviousBoundary(std::string_view text, std::size_t offset) {
  std::size_t boundary = 0;
  for (std::size_t at = 0; at < offset; at += FirstCluster(text.substr(at)).text.size()) {
    boundary = at;
  }
  return boundary;
}

int WidthOf(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Cluster cluster = FirstCluster(text);
    width += cluster.width;
    text.remove_prefix(cluster.text.size());
  }
  return width;
}

std::string Fit(std::string_view text, int width) {
  if (width <= 0) return {};
  int used = 0;
  std::size_t room = 0;  // bytes that leave a column for the ellipsis
  for (std::size_t at = 0; at < text.size();) {
    const Cluster cluster = FirstCluster(text.substr(at));
    used += cluster.width;
    if (used > width) return std::string(text.substr(0, room)).append(kEllipsis);
    at += cluster.text.size();
    if (used < width) room = at;
  }
  return std::string(text);
}

std::string Folded(std::string_view text) {
  constexpr int kOptions = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                           UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
  utf8proc_uint8_t* out = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(Bytes(text), static_cast<utf8proc_ssize_t>(text.size()), &out,
                   static_cast<utf8proc_option_t>(kOptions));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, &std::free);
  if (size < 0) return std::string(text);
  return {reinterpret_cast<const char*>(owned.get()), static_cast<std::size_t>(size)};
}

}  // namespace parley::client::cli::chat
