#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/ids.h"
#include "wire/record_reader.h"

/// The fields that all stored records are made of (docs/storage.md): how each is written and read.
namespace parley::wire::record {

/// Of every record, until one changes so that older programs would misread it.
inline constexpr std::uint8_t kVersion = 1;

inline void PutByte(std::string& out, std::uint8_t byte) { out.push_back(static_cast<char>(byte)); }

inline void PutNumber(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    PutByte(out, static_cast<std::uint8_t>(value) | 0x80);
    value >>= 7;
  }
  PutByte(out, static_cast<std::uint8_t>(value));
}

inline void Put(std::string& out, bool value) { PutByte(out, value ? 1 : 0); }
inline void Put(std::string& out, Seq seq) { PutNumber(out, seq.value()); }

inline void Put(std::string& out, TimePoint time) {
  const auto ms = static_cast<std::uint64_t>(ToMillis(time));
  PutNumber(out, (ms << 1) ^ (ToMillis(time) < 0 ? ~std::uint64_t{0} : 0));
}

inline void Put(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out += text;
}
inline void Put(std::string& out, const std::string& text) { Put(out, std::string_view(text)); }

template <class Tag>
void Put(std::string& out, const Id<Tag>& id) {
  out += id.view();
}

template <std::size_t N>
void Put(std::string& out, const std::array<std::uint8_t, N>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), N);
}

inline void Get(RecordReader& in, bool& value) { value = in.Enum(1) == 1; }
inline void Get(RecordReader& in, Seq& seq) { seq = Seq(in.Number()); }
inline void Get(RecordReader& in, std::string& text) {
  text = std::string(in.Bytes(in.Number()));  // made, not assigned to: that costs twice as much
}
inline void Get(RecordReader& in, std::uint32_t& value) {
  const std::uint64_t number = in.Number();
  if (number > std::numeric_limits<std::uint32_t>::max()) in.Fail("a number of it is too large");
  value = static_cast<std::uint32_t>(number);
}

inline void Get(RecordReader& in, TimePoint& time) {
  const std::uint64_t zigzag = in.Number();
  const std::uint64_t ms = (zigzag >> 1) ^ ((zigzag & 1) != 0 ? ~std::uint64_t{0} : 0);
  time = FromMillis(static_cast<std::int64_t>(ms));
}

template <class Tag>
void Get(RecordReader& in, Id<Tag>& id) {
  const std::string_view bytes = in.Bytes(Uuid::kSize);
  if (!bytes.empty()) id = Id<Tag>(Uuid::FromBytes(bytes));
}

template <std::size_t N>
void Get(RecordReader& in, std::array<std::uint8_t, N>& bytes) {
  std::ranges::copy(in.Bytes(N), bytes.begin());
}

}  // namespace parley::wire::record
