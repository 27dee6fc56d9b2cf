// What another process of the fleet says happened: the decoder of bus/event_codec.h.

#include <string>

#include "bus/event_codec.h"
#include "fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const Result<bus::Event> event = bus::DecodeEvent(fuzz::AsText(data, size));
  if (!event.ok()) {
    FUZZ_CHECK(event.status().code() == StatusCode::kDataLoss);
    return 0;
  }
  // What is read can be sent on, and reads as the same.
  const std::string sent = bus::EncodeEvent(*event);
  const Result<bus::Event> again = bus::DecodeEvent(sent);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(bus::EncodeEvent(*again) == sent);
  FUZZ_CHECK(again->frame.bytes() == event->frame.bytes());
  // It takes no more room than it was sent in.
  FUZZ_CHECK(event->sessions.size() * Uuid::kSize + event->frame.payload().size() <= size);
  return 0;
}
