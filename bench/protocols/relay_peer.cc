#include "bench/protocols/relay_peer.h"

namespace parley::bench {

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

void RelayPeer::Write(const std::string& text, std::uint64_t /*number*/) {
  socket_.Send(recipient() + '\n' + text);
}

}  // namespace parley::bench
