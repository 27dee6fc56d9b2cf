// What the store reads back from the disk: every decoder of wire/records.h. The first byte of the
// input chooses the decoder, the rest is the record.

#include <string>

#include "fuzz/check.h"
#include "wire/records.h"

namespace parley::wire {
namespace {

/// What is read can be written, and reads as the same: then nothing that a record says is lost by
/// the next write of its row. What is not understood is kDataLoss.
template <class Record, class... Key>
void Check(Result<Record> (*read)(std::string_view, Key...), std::string_view bytes,
           const std::type_identity_t<std::remove_cvref_t<Key>>&... key) {
  const Result<Record> record = read(bytes, key...);
  if (!record.ok()) {
    FUZZ_CHECK(record.status().code() == StatusCode::kDataLoss);
    return;
  }
  std::string written;
  AppendRecord(written, *record);
  const Result<Record> again = read(written, key...);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(*again == *record);
  std::string rewritten;
  AppendRecord(rewritten, *again);
  FUZZ_CHECK(rewritten == written);
  // A newer program may have written more behind it.
  const Result<Record> grown = read(written + "more", key...);
  FUZZ_CHECK(grown.ok() && *grown == *record);
  // An older one never wrote less than the first version.
  for (std::size_t size = 0; size < written.size(); size += 1 + size / 16) {
    const Result<Record> cut = read(std::string_view(written).substr(0, size), key...);
    if (!cut.ok()) FUZZ_CHECK(cut.status().code() == StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace parley::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  using namespace parley::wire;
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::AsText(data + 1, size - 1);
  switch (data[0] % 16) {
    case 0:
      Check(ReadEntryRecord, bytes, ConversationId(), Seq(7));
      break;
    case 1:
      Check(ReadHeadRecord, bytes);
      break;
    case 2:
      Check(ReadInfoRecord, bytes, ConversationId());
      break;
    case 3:
      Check(ReadMemberRecord, bytes, UserId());
      break;
    case 4:
      Check(ReadPositionRecord, bytes);
      break;
    case 5:
      Check(ReadSentRecord, bytes);
      break;
    case 6:
      Check(ReadUserRecord, bytes, UserId());
      break;
    case 8:
      Check(ReadInvitationRecord, bytes, InvitationId());
      break;
    case 9:
      Check(ReadPasswordResetRecord, bytes, TokenHash());
      break;
    case 10:
      Check(ReadAuditRecord, bytes, AuditId());
      break;
    default:
      Check(ReadSessionRecord, bytes, TokenHash());
  }
  return 0;
}
