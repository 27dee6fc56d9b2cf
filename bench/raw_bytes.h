#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace parley::bench {

/// The bytes of a value as this machine holds them: between processes of one program only.
template <class Value>
void AppendRaw(std::string& bytes, const Value& value) {
  static_assert(std::is_trivially_copyable_v<Value>);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Takes them off the front. False: there are too few.
template <class Value>
bool TakeRaw(std::string_view& bytes, Value& value) {
  static_assert(std::is_trivially_copyable_v<Value>);
  if (bytes.size() < sizeof value) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return true;
}

}  // namespace parley::bench
