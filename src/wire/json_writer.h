#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
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
/// beginning. Text must be valid UTF-8.
///
///   std::string out;
///   JsonWriter json(out);
///   json.BeginObject().Key("seq").Uint(7).Key("text").String("hi").EndObject();
class JsonWriter {
 public:
  /// `out` must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& BeginObject() { return Begin('{'); }
  JsonWriter& EndObject() { return End('}'); }
  JsonWriter& BeginArray() { return Begin('['); }
  JsonWriter& EndArray() { return End(']'); }

  JsonWriter& Key(JsonKey key);
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
    char text[1 + 24];
    return Append(text, std::to_chars(PutComma(text), text + sizeof text, value).ptr);
  }
  /// A finite number, to three decimals at most.
  JsonWriter& Number(double value) {
    constexpr double kThousandths = 1'000;
    char text[1 + 384];
    return Append(text, std::to_chars(PutComma(text), text + sizeof text,
                                      std::round(value * kThousandths) / kThousandths,
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
  JsonWriter& Begin(char bracket);
  JsonWriter& End(char bracket);
  JsonWriter& AfterKey();
  JsonWriter& UuidValue(const Uuid& uuid);
  void Separate();
  JsonWriter& Append(const char* from, const char* to) {
    out_.append(from, static_cast<std::size_t>(to - from));
    return *this;
  }
  /// The same, into the place before a value that is put together apart; answers where it begins.
  /// (One append is cheaper than several: each looks whether there is room.)
  char* PutComma(char* at) {
    if (comma_) *at++ = ',';
    comma_ = true;
    return at;
  }

  std::string& out_;
  bool comma_ = false;  ///< whether a value stands before the next one
};

/// The JSON that `write` puts into a fresh writer.
template <class Write>
std::string ToJson(Write write) {
  constexpr std::size_t kUsualSize = 512;
  std::string out;
  out.reserve(kUsualSize);
  JsonWriter json(out);
  write(json);
  return out;
}

}  // namespace parley::wire
