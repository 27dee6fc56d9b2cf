#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/uuid.h"
#include "model/ids.h"

namespace parley::wire {

/// The name of a JSON field, checked by the compiler: a literal that needs no escaping.
class JsonKey {
 public:
  consteval JsonKey(const char* name) : name_(name) {
    for (const char c : name_) {
      if (c < 0x20 || c > 0x7E || c == '"' || c == '\\') throw "a key must be plain ASCII";
    }
    if (name_.size() > kMaxSize) throw "a key must be short";
  }
  constexpr std::string_view name() const { return name_; }
  static constexpr std::size_t kMaxSize = 40;

 private:
  std::string_view name_;
};

/// Writes JSON (RFC 8259) to the end of a string, value by value, without white space. It sets the
/// commas; the caller keeps the order: a key before each value of an object, an end for each
/// beginning. Text must be valid UTF-8. The string is whole when the writer has gone: until then it
/// may be longer than what was written.
///
///   std::string out;
///   JsonWriter(out).BeginObject().Key("seq").Int(7).Key("text").String("hi").EndObject();
class JsonWriter {
 public:
  /// `out` must outlive the writer, and is left alone by others meanwhile.
  explicit JsonWriter(std::string& out) : out_(out), size_(out.size()) {}
  ~JsonWriter() { out_.resize(size_); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& BeginObject() { return Begin('{'); }
  JsonWriter& EndObject() { return End('}'); }
  JsonWriter& BeginArray() { return Begin('['); }
  JsonWriter& EndArray() { return End(']'); }

  /// Inlined, the name is a few stores.
  [[gnu::always_inline]] JsonWriter& Key(JsonKey key) {
    const std::string_view name = key.name();
    char* at = PutComma(Room(name.size() + 4));  // , " " :
    *at++ = '"';
    std::memcpy(at, name.data(), name.size());
    at += name.size();
    *at++ = '"';
    *at++ = ':';
    comma_ = false;
    return Wrote(at);
  }
  /// A key that is data, as in {id: role}.
  template <class Tag>
  JsonWriter& Key(const parley::Id<Tag>& id) {
    UuidValue(id.uuid());
    return AfterKey();
  }

  /// A key that is text of our own making: valid UTF-8.
  JsonWriter& TextKey(std::string_view utf8) {
    String(utf8);
    return AfterKey();
  }

  JsonWriter& String(std::string_view utf8);
  template <std::integral T>
  JsonWriter& Int(T value) {
    constexpr std::size_t kDigits = 24;
    char* at = PutComma(Room(1 + kDigits));
    return Wrote(std::to_chars(at, at + kDigits, value).ptr);
  }
  /// A finite number, to three decimals at most.
  JsonWriter& Number(double value) {
    constexpr double kThousandths = 1'000;
    constexpr std::size_t kDigits = 384;
    char* at = PutComma(Room(1 + kDigits));
    return Wrote(std::to_chars(at, at + kDigits, std::round(value * kThousandths) / kThousandths,
                               std::chars_format::fixed)
                     .ptr);
  }
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }
  /// A value that is JSON already.
  JsonWriter& Raw(std::string_view json);

  template <class Tag>
  JsonWriter& Id(const parley::Id<Tag>& id) {
    return UuidValue(id.uuid());
  }
  JsonWriter& Seq(parley::Seq seq) { return Int(seq.value()); }
  /// Milliseconds since the epoch.
  JsonWriter& Time(TimePoint time) { return Int(ToMillis(time)); }

 private:
  JsonWriter& Begin(char bracket) {
    char* at = PutComma(Room(2));
    *at++ = bracket;
    comma_ = false;
    return Wrote(at);
  }
  JsonWriter& End(char bracket) {
    comma_ = true;
    return PutByte(bracket);
  }
  JsonWriter& AfterKey() {
    comma_ = false;
    return PutByte(':');
  }
  JsonWriter& PutByte(char byte) {
    char* at = Room(1);
    *at++ = byte;
    return Wrote(at);
  }
  JsonWriter& UuidValue(const Uuid& uuid);
  void PutEscaped(std::string_view utf8);

  /// Where the next bytes go; there is room for `bytes` of them until Wrote(). One look for all
  /// that belongs together, and no zero behind each piece: that is what appending would cost.
  [[gnu::always_inline]] char* Room(std::size_t bytes) {
    if (out_.size() - size_ < bytes) [[unlikely]]
      Grow(bytes);
    return out_.data() + size_;
  }
  [[gnu::cold]] void Grow(std::size_t bytes);
  JsonWriter& Wrote(const char* end) {
    size_ = static_cast<std::size_t>(end - out_.data());
    return *this;
  }
  /// Puts the comma that belongs before a value; answers the place behind it.
  char* PutComma(char* at) {
    if (comma_) *at++ = ',';
    comma_ = true;
    return at;
  }

  std::string& out_;
  std::size_t size_;    ///< what is written; the string has room beyond it
  bool comma_ = false;  ///< whether a value stands before the next one
};

/// Room for a usual answer.
inline constexpr std::size_t kUsualJsonBytes = 512;

/// The JSON that `write` puts into a fresh writer. Who knows about how long it comes out spares it
/// growing.
template <class Write>
std::string ToJson(Write write, std::size_t about_bytes = kUsualJsonBytes) {
  std::string out;
  out.reserve(about_bytes);
  {
    JsonWriter json(out);
    write(json);
  }
  return out;
}

}  // namespace parley::wire
