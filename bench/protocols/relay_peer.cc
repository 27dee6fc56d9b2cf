#include "bench/protocols/relay_peer.h"

#include <charconv>

#include <fmt/format.h>

namespace parley::bench {
namespace {

constexpr std::string_view kAck = "ack ";

}  // namespace

void RelayPeer::Connect(bool /*resume*/) {
  std::string path = "/" + name();
  if (in_group()) path += "/" + recipient();
  socket_.Connect(target(), path, "");
}

void RelayPeer::Close() {
  NotReady();
  socket_.Close();
}

void RelayPeer::Abort() {
  NotReady();
  socket_.Abort();
}

void RelayPeer::Write(const std::string& text, std::uint64_t number) {
  socket_.Send(kind_ == Kind::kDurable ? fmt::format("{} {}\n{}", recipient(), number, text)
                                       : recipient() + '\n' + text);
}

void RelayPeer::OnText(std::string_view text) {
  if (kind_ == Kind::kPlain || !text.starts_with(kAck)) return TakeMessage(text);
  text.remove_prefix(kAck.size());
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  TakeAck(number);
}

}  // namespace parley::bench
