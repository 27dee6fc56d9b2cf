#include "wire/json_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace parley::wire {
namespace {

constexpr char kHex[] = "0123456789abcdef";

constexpr bool NeedsEscape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

constexpr std::uint64_t Repeat(std::uint8_t byte) { return byte * 0x0101010101010101ULL; }
constexpr std::uint64_t kHighBits = Repeat(0x80);

/// High bits where a byte is below `limit` (at most 0x80); right up to the first such byte.
constexpr std::uint64_t BytesBelow(std::uint64_t word, std::uint8_t limit) {
  return (word - Repeat(limit)) & ~word & kHighBits;
}

/// The number of bytes at the front that stand for themselves in a JSON string. Eight at a time:
/// most text needs no escaping at all.
std::size_t PlainPrefix(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t word = 0; text.size() - size >= sizeof word; size += sizeof word) {
    std::memcpy(&word, text.data() + size, sizeof word);
    if ((BytesBelow(word, 0x20) | BytesBelow(word ^ Repeat('"'), 1) |
         BytesBelow(word ^ Repeat('\\'), 1)) != 0) {
      break;
    }
  }
  while (size < text.size() && !NeedsEscape(text[size])) ++size;
  return size;
}

void AppendEscaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0x0F];
    }
  }
}

}  // namespace

JsonWriter& JsonWriter::Key(JsonKey key) {
  std::array<char, JsonKey::kMaxSize + 4> text;  // , " " :
  char* at = PutComma(text.data());
  *at++ = '"';
  at = std::copy_n(key.name().data(), key.name().size(), at);
  *at++ = '"';
  *at++ = ':';
  comma_ = false;
  return Append(text.data(), at);
}

JsonWriter& JsonWriter::String(std::string_view utf8) {
  Separate();
  out_ += '"';
  for (;;) {
    const std::size_t plain = PlainPrefix(utf8);
    out_ += utf8.substr(0, plain);
    if (plain == utf8.size()) break;
    AppendEscaped(out_, utf8[plain]);
    utf8.remove_prefix(plain + 1);
  }
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::Raw(std::string_view json) {
  Separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::Begin(char bracket) {
  Separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::End(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::AfterKey() {
  out_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::UuidValue(const Uuid& uuid) {
  std::array<char, Uuid::kTextSize + 3> text;  // , " "
  char* at = PutComma(text.data());
  *at++ = '"';
  at = uuid.PutText(at);
  *at++ = '"';
  return Append(text.data(), at);
}

void JsonWriter::Separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

}  // namespace parley::wire
