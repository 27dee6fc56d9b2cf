#include "wire/json_writer.h"

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
  Separate();
  out_ += '"';
  out_ += key.name();
  out_ += '"';
  return AfterKey();
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
  Separate();
  constexpr std::size_t kQuotedSize = 38;
  std::array<char, kQuotedSize> text;
  char* at = text.data();
  *at++ = '"';
  for (std::size_t i = 0; i < Uuid::kSize; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
    *at++ = kHex[uuid.bytes()[i] >> 4];
    *at++ = kHex[uuid.bytes()[i] & 0x0F];
  }
  *at = '"';
  out_.append(text.data(), text.size());
  return *this;
}

void JsonWriter::Separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

}  // namespace parley::wire
