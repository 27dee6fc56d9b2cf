#include "storage/migration/tally.h"

#include <cstring>
#include <string_view>
#include <sodium.h>

#include <fmt/format.h>

namespace parley::storage::migration {
namespace {

void Update(crypto_generichash_state& state, std::string_view bytes) {
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

std::uint64_t NumberAt(const unsigned char* bytes) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | bytes[i];
  return number;
}

}  // namespace

void Tally::Add(const Record& record) {
  crypto_generichash_state state;
  constexpr std::size_t kBytes = 16;
  crypto_generichash_init(&state, nullptr, 0, kBytes);
  // Where the key ends is a part of it.
  Update(state, std::to_string(record.key.size()) + ":");
  Update(state, record.key);
  Update(state, record.value);
  std::array<unsigned char, kBytes> hash{};
  crypto_generichash_final(&state, hash.data(), hash.size());
  sums_[0] += NumberAt(hash.data());
  sums_[1] += NumberAt(hash.data() + 8);
  ++count_;
}

std::string Tally::checksum() const { return fmt::format("{:016x}{:016x}", sums_[0], sums_[1]); }

}  // namespace parley::storage::migration
