#include "bus/nats/heartbeat.h"

#include <utility>

#include "wire/record_fields.h"

namespace parley::bus {
namespace {

using wire::record::Get;
using wire::record::Put;
using wire::record::PutByte;

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string EncodeHeartbeat(const Heartbeat& heartbeat) {
  std::string out;
  PutByte(out, kVersion);
  PutByte(out, static_cast<std::uint8_t>(heartbeat.kind));
  Put(out, heartbeat.node.id);
  Put(out, heartbeat.node.draining);
  Put(out, heartbeat.sent_at);
  Put(out, heartbeat.node.name);
  return out;
}

Result<Heartbeat> DecodeHeartbeat(std::string_view bytes) {
  wire::RecordReader in(bytes, kVersion, "heartbeat");
  Heartbeat heartbeat;
  heartbeat.kind =
      static_cast<Heartbeat::Kind>(in.Enum(static_cast<std::uint8_t>(Heartbeat::Kind::kLost)));
  Get(in, heartbeat.node.id);
  Get(in, heartbeat.node.draining);
  Get(in, heartbeat.sent_at);
  Get(in, heartbeat.node.name);
  return in.Finish(std::move(heartbeat));
}

}  // namespace parley::bus
