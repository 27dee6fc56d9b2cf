#include "wire/json_writer.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace parley::wire {
namespace {

constexpr char kHex[] = "0123456789abcdef";

constexpr bool NeedsEscape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// A loop of known length without a branch in it: the compiler makes a few vector operations of it.
template <std::size_t Size>
[[gnu::always_inline]] inline bool HasEscape(const char* text) {
  bool escape = false;
  for (std::size_t i = 0; i < Size; ++i) escape |= NeedsEscape(text[i]);
  return escape;
}

/// The number of bytes at the front that stand for themselves in a JSON string. Many at a time:
/// most text needs no escaping at all.
std::size_t PlainPrefix(std::string_view text) {
  constexpr std::size_t kBlock = 16;
  std::size_t size = 0;
  while (text.size() - size >= kBlock && !HasEscape<kBlock>(text.data() + size)) size += kBlock;
  // The end of a text, with some bytes before it once more.
  if (text.size() >= kBlock && text.size() - size < kBlock &&
      !HasEscape<kBlock>(text.data() + text.size() - kBlock)) {
    return text.size();
  }
  while (size < text.size() && !NeedsEscape(text[size])) ++size;
  return size;
}

/// At most kMaxEscape bytes; answers the place behind them.
constexpr std::size_t kMaxEscape = 6;
char* PutEscape(char* at, char c) {
  *at++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *at++ = c;
      return at;
    case '\n':
      *at++ = 'n';
      return at;
    case '\r':
      *at++ = 'r';
      return at;
    case '\t':
      *at++ = 't';
      return at;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      at = std::copy_n("u00", 3, at);
      *at++ = kHex[byte >> 4];
      *at++ = kHex[byte & 0x0F];
      return at;
    }
  }
}

}  // namespace

JsonWriter& JsonWriter::String(std::string_view utf8) {
  const std::size_t plain = PlainPrefix(utf8);
  char* at = PutComma(Room(utf8.size() + 3));  // , " "
  *at++ = '"';
  at = std::copy_n(utf8.data(), plain, at);
  if (plain < utf8.size()) {
    Wrote(at);
    PutEscaped(utf8.substr(plain));
    at = Room(1);
  }
  *at++ = '"';
  return Wrote(at);
}

/// What begins with a character that needs an escape, to the end of the text.
void JsonWriter::PutEscaped(std::string_view utf8) {
  while (!utf8.empty()) {
    Wrote(PutEscape(Room(kMaxEscape), utf8.front()));
    utf8.remove_prefix(1);
    const std::size_t plain = PlainPrefix(utf8);
    Wrote(std::copy_n(utf8.data(), plain, Room(plain)));
    utf8.remove_prefix(plain);
  }
}

JsonWriter& JsonWriter::Raw(std::string_view json) {
  char* at = PutComma(Room(json.size() + 1));
  return Wrote(std::copy_n(json.data(), json.size(), at));
}

JsonWriter& JsonWriter::UuidValue(const Uuid& uuid) {
  char* at = PutComma(Room(Uuid::kTextSize + 3));  // , " "
  *at++ = '"';
  at = uuid.PutText(at);
  *at++ = '"';
  return Wrote(at);
}

void JsonWriter::Grow(std::size_t bytes) {
  // Not at once to all that a string kept for reuse has room for: what is new is filled with zeros.
  constexpr std::size_t kFirst = 512;
  out_.resize(std::max(std::max(size_ + bytes, kFirst), 2 * size_));
}

}  // namespace parley::wire
