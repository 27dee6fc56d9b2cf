// What clients send over the WebSocket: wire::ParseClientFrame.

#include <set>
#include <variant>

#include "fuzz/check.h"
#include "model/validate.h"
#include "wire/client_frames.h"
#include "wire/json_reader.h"

namespace parley::wire {
namespace {

void CheckBody(const ResumeFrame& resume) {
  FUZZ_CHECK(resume.heads.size() <= kMaxHeads);
  std::set<ConversationId> named;
  for (const auto& [conversation, seq] : resume.heads) {
    FUZZ_CHECK(named.insert(conversation).second);
    FUZZ_CHECK(seq.value() <= kMaxJsonInteger);
  }
}

void CheckBody(const SendFrame& send) {
  FUZZ_CHECK(ValidateText(send.request.text, Limits()).ok());
  FUZZ_CHECK(send.request.text.find('\0') == std::string::npos);
  if (send.request.reply_to) FUZZ_CHECK(*send.request.reply_to > Seq());
}

void CheckBody(const ReadFrame& read) { FUZZ_CHECK(read.seq > Seq()); }
void CheckBody(const DeliveredFrame& delivered) { FUZZ_CHECK(delivered.seq > Seq()); }

void CheckBody(const WatchPresenceFrame& watch) {
  FUZZ_CHECK(watch.user_ids.size() <= kMaxPresenceWatched);
  const std::set<UserId> named(watch.user_ids.begin(), watch.user_ids.end());
  FUZZ_CHECK(named.size() == watch.user_ids.size());
}

template <class Body>
void CheckBody(const Body& /*body*/) {}

void Check(std::string_view text, const ParsedFrame& parsed) {
  const bool is_json = JsonDocument::Parse(text).ok();
  if (const auto* frame = std::get_if<ClientFrame>(&parsed)) {
    FUZZ_CHECK(is_json);
    if (frame->ref) FUZZ_CHECK(frame->ref->size() <= kMaxRefBytes);
    if (std::holds_alternative<SendFrame>(frame->body)) FUZZ_CHECK(frame->ref.has_value());
    std::visit([](const auto& body) { CheckBody(body); }, frame->body);
  } else if (const auto* error = std::get_if<FrameError>(&parsed)) {
    FUZZ_CHECK(is_json);
    FUZZ_CHECK(error->status.code() == StatusCode::kInvalidArgument);
    if (error->ref) FUZZ_CHECK(error->ref->size() <= kMaxRefBytes);
  } else {
    FUZZ_CHECK(std::get<ProtocolError>(parsed).status.code() == StatusCode::kMalformed);
  }
}

}  // namespace
}  // namespace parley::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::wire;
  const std::string_view text = parley::fuzz::AsText(data, size);
  const ParsedFrame parsed = ParseClientFrame(text, parley::Limits());
  Check(text, parsed);
  // White space around it is no part of the text.
  const std::string padded = " \r\n\t" + std::string(text) + "\n ";
  FUZZ_CHECK(ParseClientFrame(padded, parley::Limits()).index() == parsed.index());
  return 0;
}
