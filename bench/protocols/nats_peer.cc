#include "bench/protocols/nats_peer.h"

#include <charconv>

#include <fmt/format.h>

namespace parley::bench {
namespace {

constexpr std::string_view kTo = "to.";
constexpr std::string_view kAck = "ack.";

std::string SubjectOf(const std::string& name) { return std::string(kTo) + name; }

}  // namespace

void NatsPeer::Connect(bool /*resume*/) { socket_.Connect(target()); }

void NatsPeer::Close() {
  NotReady();
  socket_.Close();
}

void NatsPeer::Abort() {
  NotReady();
  socket_.Abort();
}

std::string NatsPeer::AckSubject(std::string_view number) const {
  return fmt::format("{}{}.{}", kAck, name(), number);
}

void NatsPeer::Write(const std::string& text, std::uint64_t number) {
  AppendNatsPublish(socket_.Output(), SubjectOf(recipient()),
                    kind_ == Kind::kJetStream ? AckSubject(std::to_string(number)) : "", text);
}

/// The PONG tells that the server knows the subscriptions.
void NatsPeer::Introduce() {
  std::string& out = socket_.Output();
  out += R"(CONNECT {"verbose":false,"pedantic":false,"lang":"c++","version":"1"})"
         "\r\n";
  int sid = 1;
  AppendNatsSubscribe(out, SubjectOf(name()), sid++);
  if (in_group()) AppendNatsSubscribe(out, SubjectOf(recipient()), sid++);
  if (kind_ == Kind::kJetStream) AppendNatsSubscribe(out, AckSubject("*"), sid);
  out += "PING\r\n";
}

std::size_t NatsPeer::OnBytes(std::string_view bytes) {
  std::size_t used = 0;
  while (connected()) {
    const NatsFrame frame = ParseNats(bytes.substr(used));
    if (frame.kind == NatsFrame::Kind::kNeedMore) break;
    if (frame.kind == NatsFrame::Kind::kBad) {
      socket_.Fail("the server sent what is not NATS");
      break;
    }
    used += frame.size;
    Take(frame);
  }
  return used;
}

void NatsPeer::Take(const NatsFrame& frame) {
  switch (frame.kind) {
    case NatsFrame::Kind::kMessage:
      return frame.subject.starts_with(kAck) ? TakeStored(frame) : TakeMessage(frame.payload);
    case NatsFrame::Kind::kPing:
      socket_.Output() += "PONG\r\n";
      return;
    case NatsFrame::Kind::kPong:
      return BecomeReady();
    case NatsFrame::Kind::kInfo:  // also later, when the server's cluster changes
      if (!ready()) Introduce();
      return;
    case NatsFrame::Kind::kError:
      return TakeRefusal(frame.payload);
    default:
      return;
  }
}

void NatsPeer::TakeStored(const NatsFrame& frame) {
  if (frame.payload.find(R"("error")") != std::string_view::npos) return TakeRefusal(frame.payload);
  const std::string_view text = frame.subject.substr(frame.subject.rfind('.') + 1);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  TakeAck(number);
}

}  // namespace parley::bench
