// A WebSocket session: each line of the input is a frame of ann's client, answered by
// gateway::Session over a store in memory.

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <simdjson.h>

#include "auth/token.h"
#include "fuzz/check.h"
#include "fuzz/world.h"
#include "gateway/testing/session_fixture.h"
#include "wire/client_frames.h"

namespace parley::gateway {
namespace {

using fuzz::World;
using net::CloseCode;

constexpr std::size_t kMaxFrames = 64;  // of one input

void CheckFrame(const std::string& frame, std::string_view input) {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  FUZZ_CHECK(!parser.parse(frame).get(json));
  std::string_view type;
  FUZZ_CHECK(!json["type"].get(type) && !type.empty());
  FUZZ_CHECK(!World::Leaks(frame, input));
}

/// Whether the frame may leave something behind.
bool Changes(std::string_view frame) {
  const wire::ParsedFrame parsed = wire::ParseClientFrame(frame, Limits());
  const auto* command = std::get_if<wire::ClientFrame>(&parsed);
  return command != nullptr && !std::holds_alternative<wire::PingFrame>(command->body) &&
         !std::holds_alternative<wire::ResumeFrame>(command->body) &&
         !std::holds_alternative<wire::AuthFrame>(command->body);
}

/// A live session, one that has still to authenticate, and one that has still to resume, by the
/// first byte.
class Client {
 public:
  Client(World& world, char mode) : world_(world) {
    const auth::Caller ann{world.ann, SessionId(world.ann.uuid()),
                           *auth::ParseToken(auth::TokenKind::kSession, World::kToken)};
    handler_ =
        sessions_.Make(world.backend.shard(), mode == 'a' ? std::nullopt : std::optional(ann),
                       mode == 'r' ? Start::kResume : Start::kLive, limits::ClientAddress());
    world_.backend.On([this] { handler_->OnOpen(socket); });
  }
  ~Client() {
    world_.backend.On([this] {
      handler_->OnClosed(net::CloseReason::kByPeer);
      handler_.reset();
    });
  }

  void Say(std::string_view text) {
    world_.backend.On([this, text] { handler_->OnText(text); });
  }
  void Drain() {
    world_.backend.On([this] { handler_->OnDrained(); });
  }

  FakeSocket socket;

 private:
  World& world_;
  Sessions sessions_{SessionEnvironment{.chat = world_.backend.chat(),
                                        .accounts = world_.accounts,
                                        .bus = world_.backend.bus(),
                                        .presence = world_.presence,
                                        .limits = Limits()}};
  std::unique_ptr<net::WebSocketHandler> handler_;
};

}  // namespace
}  // namespace parley::gateway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  using namespace parley::gateway;
  if (size == 0) return 0;
  const std::string_view input = fuzz::AsText(data, size);
  // Made anew only after an input that changed something: making one takes longer than most inputs.
  static std::optional<World> world;
  bool changed = false;
  if (!world) world.emplace();
  std::optional<Client> client(std::in_place, *world, input.front());
  std::string_view rest = input.substr(1);
  for (std::size_t i = 0; i < kMaxFrames && !rest.empty() && !client->socket.closed; ++i) {
    const std::size_t end = rest.find('\n');
    const std::string_view frame = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (simdjson::validate_utf8(frame)) client->Say(frame);  // else the connection ends before
    client->Drain();
    changed = changed || Changes(frame);
  }
  // What is under way ends.
  world->backend.RunUntil([&] { return world->backend.controls().appends_under_way() == 0; });
  client->Drain();
  for (const std::string& frame : client->socket.frames) CheckFrame(frame, input);
  if (client->socket.closed) {
    FUZZ_CHECK(*client->socket.closed == CloseCode::kUnauthenticated ||
               *client->socket.closed == CloseCode::kBadProtocol ||
               *client->socket.closed == CloseCode::kTooFast);
  }
  client.reset();
  if (changed) world.reset();
  return 0;
}
