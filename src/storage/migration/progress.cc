#include "storage/migration/progress.h"

#include "wire/record_fields.h"
#include "wire/record_reader.h"

namespace parley::storage::migration {
namespace {

using Bytes8 = std::array<std::uint8_t, 8>;

Bytes8 ToBytes(std::uint64_t number) {
  Bytes8 bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; number >>= 8) {
    bytes[i] = static_cast<std::uint8_t>(number);
  }
  return bytes;
}

std::uint64_t ToNumber(const Bytes8& bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

}  // namespace

std::string Encode(const Progress& progress) {
  using namespace wire::record;
  std::string out;
  PutByte(out, kVersion);
  PutByte(out, static_cast<std::uint8_t>(progress.kind));
  Put(out, progress.from);
  PutNumber(out, progress.pages);
  for (const Tally& tally : progress.tallies) {
    PutNumber(out, tally.count());
    for (const std::uint64_t sum : tally.sums()) Put(out, ToBytes(sum));
  }
  return out;
}

Result<Progress> DecodeProgress(std::string_view bytes) {
  using namespace wire::record;
  wire::RecordReader in(bytes, kVersion, "progress of a move");
  Progress progress;
  progress.kind = static_cast<RecordKind>(in.Enum(static_cast<std::uint8_t>(kRecordKinds)));
  Get(in, progress.from);
  progress.pages = in.Number();
  for (Tally& tally : progress.tallies) {
    const std::uint64_t count = in.Number();
    std::array<std::uint64_t, 2> sums{};
    for (std::uint64_t& sum : sums) {
      Bytes8 read{};
      Get(in, read);
      sum = ToNumber(read);
    }
    tally = Tally(count, sums);
  }
  return in.Finish(std::move(progress));
}

}  // namespace parley::storage::migration
