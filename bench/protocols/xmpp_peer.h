#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/plan.h"
#include "bench/protocols/plain_peer.h"
#include "bench/protocols/xmpp_stream.h"
#include "bench/socket.h"

namespace parley::bench {

/// Speaks XMPP (RFC 6120, 6121) without TLS: SASL PLAIN, one resource, presence; chat messages to
/// the other one's bare address, or groupchat (XEP-0045) in one room. The server must serve the
/// domain `localhost` and rooms at `conference.localhost`, which whoever comes first makes.
class XmppPeer : public PlainPeer, private Socket::Listener, private XmppStream::Listener {
 public:
  XmppPeer(WorkerContext& context, Observer& observer, std::uint32_t index, const Person& person,
           std::vector<Held> held, std::size_t target)
      : PlainPeer(context, observer, index, std::move(held), target, Acks::kNone),
        person_(person),
        socket_(context.loop, *this),
        stream_(*this) {}

  void Connect(bool resume) override;
  void Close() override;
  void Abort() override;
  bool connected() const override { return socket_.connected(); }

 private:
  void Write(const std::string& text, std::uint64_t number) override;

  void OnConnected() override { Open(); }
  std::size_t OnBytes(std::string_view bytes) override;
  void OnEnd(const std::string& why) override { Lose(why); }
  void OnStanza(const XmppStanza& stanza) override;
  void OnStreamEnd() override;

  void Open();
  void OnFeatures();
  void OnIq(const XmppStanza& stanza);
  void OnPresence(const XmppStanza& stanza);
  void OnChat(const XmppStanza& stanza);
  std::string Room() const;

  const Person& person_;
  Socket socket_;
  XmppStream stream_;
  bool authenticated_ = false;
};

}  // namespace parley::bench
