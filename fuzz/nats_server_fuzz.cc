// What a server of NATS says: the reader of bus/nats/nats_protocol.h.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "bus/nats/nats_protocol.h"
#include "fuzz/check.h"

namespace {

using namespace parley;

/// Puts a part in and writes down what can be taken out; whether it is the protocol still.
bool Take(bus::NatsReader& reader, std::string_view part, std::vector<std::string>& found) {
  while (!part.empty()) {
    const std::span<char> room = reader.Room();
    FUZZ_CHECK(!room.empty());
    const std::size_t size = std::min(room.size(), part.size());
    std::ranges::copy(part.substr(0, size), room.begin());
    reader.Filled(size);
    part.remove_prefix(size);
    while (true) {
      const Result<std::optional<bus::NatsFrame>> next = reader.Next();
      if (!next.ok()) return false;
      if (!*next) break;
      const bus::NatsFrame& frame = **next;
      if (frame.kind == bus::NatsFrame::Kind::kInfo) {
        IgnoreStatus(bus::ParseServerInfo(frame.text).status(), "any text may be there");
      }
      std::string shown =
          std::to_string(static_cast<int>(frame.kind)) + " " + std::to_string(frame.subscription);
      for (const std::string_view each :
           {frame.text, frame.subject, frame.reply, frame.headers, frame.data}) {
        shown.append("|").append(each);
      }
      found.push_back(std::move(shown));
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::AsText(data, size);
  bus::NatsReader whole;
  std::vector<std::string> at_once;
  const bool good = Take(whole, text, at_once);

  // In whatever parts it comes, it is the same.
  bus::NatsReader pieces;
  std::vector<std::string> in_parts;
  const std::size_t part = 1 + (size % 7);
  bool still_good = true;
  for (std::size_t at = 0; at < text.size() && still_good; at += part) {
    still_good = Take(pieces, text.substr(at, part), in_parts);
  }
  FUZZ_CHECK(good == still_good);
  FUZZ_CHECK(at_once == in_parts);
  return 0;
}
