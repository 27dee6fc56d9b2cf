#include "bus/event_codec.h"

#include <utility>

#include "wire/record_fields.h"

namespace parley::bus {
namespace {

using wire::record::Get;
using wire::record::Put;
using wire::record::PutByte;
using wire::record::PutNumber;

constexpr std::uint8_t kVersion = 1;

/// How kinds are sent: append only.
constexpr Event::Kind kKinds[] = {Event::Kind::kChange,    Event::Kind::kConversation,
                                  Event::Kind::kLeft,      Event::Kind::kSessionsEnded,
                                  Event::Kind::kMomentary, Event::Kind::kHead};
constexpr std::uint8_t kLastKind = std::size(kKinds) - 1;

std::uint8_t CodeOf(Event::Kind kind) {
  const auto* const it = std::ranges::find(kKinds, kind);
  return static_cast<std::uint8_t>(it - std::begin(kKinds));
}

}  // namespace

std::string EncodeEvent(const Event& event) {
  constexpr std::size_t kFixed = 64;
  std::string out;
  out.reserve(kFixed + event.sessions.size() * Uuid::kSize + event.frame.bytes().size());
  PutByte(out, kVersion);
  PutByte(out, CodeOf(event.kind));
  Put(out, event.conversation);
  Put(out, event.seq);
  PutNumber(out, event.members);
  Put(out, event.except.has_value());
  if (event.except) Put(out, *event.except);
  PutNumber(out, event.sessions.size());
  for (const SessionId& session : event.sessions) Put(out, session);
  Put(out, static_cast<bool>(event.frame));
  if (event.frame) Put(out, event.frame.payload());
  return out;
}

Result<Event> DecodeEvent(std::string_view bytes) {
  wire::RecordReader in(bytes, kVersion, "event of the bus");
  Event event;
  event.kind = kKinds[in.Enum(kLastKind)];
  Get(in, event.conversation);
  Get(in, event.seq);
  Get(in, event.members);
  bool present = false;
  Get(in, present);
  if (present) Get(in, event.except.emplace());
  const std::uint64_t sessions = in.Size(Uuid::kSize);
  event.sessions.reserve(sessions);
  for (std::uint64_t i = 0; i < sessions; ++i) Get(in, event.sessions.emplace_back());
  Get(in, present);
  if (present) event.frame = wire::Frame::Text(in.Bytes(in.Number()));
  return in.Finish(std::move(event));
}

}  // namespace parley::bus
