// What nodes of a fleet send each other about conversations: commands and answers
// (chat/command_codec.h). The first byte of the input chooses, the rest is the message.

#include <string>
#include <string_view>

#include "chat/command_codec.h"
#include "fuzz/check.h"

namespace parley::chat {
namespace {

/// What is read can be written, and reads as the same; what is not understood is kDataLoss.
template <class Decode, class Encode>
void Check(std::string_view bytes, Decode decode, Encode encode) {
  const auto message = decode(bytes);
  if (!message.ok()) {
    FUZZ_CHECK(message.status().code() == StatusCode::kDataLoss);
    return;
  }
  const std::string written = encode(*message);
  const auto again = decode(written);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(encode(*again) == written);
  // A newer program may have written more behind it.
  FUZZ_CHECK(decode(written + "more").ok());
  for (std::size_t size = 0; size < written.size(); size += 1 + size / 16) {
    const auto cut = decode(std::string_view(written).substr(0, size));
    if (!cut.ok()) FUZZ_CHECK(cut.status().code() == StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace parley::chat

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::chat;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    Check(bytes, DecodeCommand, EncodeCommand);
  } else {
    const auto decode = [](std::string_view text) { return DecodeAnswer(text, {}); };
    Check(bytes, decode, EncodeAnswer);
  }
  return 0;
}
