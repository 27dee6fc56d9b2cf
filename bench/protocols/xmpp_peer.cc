#include "bench/protocols/xmpp_peer.h"

#include <sodium.h>

#include <fmt/format.h>

namespace parley::bench {
namespace {

constexpr std::string_view kDomain = "localhost";
constexpr std::string_view kBindId = "bind";
constexpr std::string_view kReadyId = "ready";

/// RFC 4616, in base64.
std::string PlainCredentials(const Person& person) {
  const std::string plain = '\0' + person.id + '\0' + person.token;
  std::string text(sodium_base64_encoded_len(plain.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(plain.data()),
                    plain.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the end of a C string
  return text;
}

}  // namespace

void XmppPeer::Connect(bool /*resume*/) {
  authenticated_ = false;
  socket_.Connect(target());
}

void XmppPeer::Close() {
  if (ready()) socket_.Output() += "</stream:stream>";
  NotReady();
  socket_.Close();
}

void XmppPeer::Abort() {
  NotReady();
  socket_.Abort();
}

std::string XmppPeer::Room() const { return fmt::format("{}@conference.{}", recipient(), kDomain); }

// The text needs no escapes.
void XmppPeer::Write(const std::string& text, std::uint64_t number) {
  const std::string to = in_group() ? Room() : fmt::format("{}@{}", recipient(), kDomain);
  socket_.Output() += fmt::format("<message to='{}' type='{}' id='{}'><body>{}</body></message>",
                                  to, in_group() ? "groupchat" : "chat", number, text);
}

void XmppPeer::Open() {
  stream_.Restart();
  socket_.Output() += fmt::format(
      "<?xml version='1.0'?><stream:stream to='{}' version='1.0' xmlns='jabber:client' "
      "xmlns:stream='http://etherx.jabber.org/streams'>",
      kDomain);
}

std::size_t XmppPeer::OnBytes(std::string_view bytes) {
  if (!stream_.Take(bytes) && connected()) socket_.Fail("the server sent what is not XML");
  return bytes.size();
}

void XmppPeer::OnStreamEnd() { socket_.Fail("the server closed the stream"); }

void XmppPeer::OnStanza(const XmppStanza& stanza) {
  if (!connected()) return;  // what came before it in the same bytes has ended it
  if (stanza.name == "message") return OnChat(stanza);
  if (stanza.name == "presence") return OnPresence(stanza);
  if (stanza.name == "iq") return OnIq(stanza);
  if (stanza.name == "stream:features") return OnFeatures();
  if (stanza.name == "success") {
    authenticated_ = true;
    return Open();
  }
  if (stanza.name == "failure" || stanza.name == "stream:error") {
    socket_.Fail(fmt::format("the server answered {}: {}", stanza.name, stanza.child));
  }
}

void XmppPeer::OnFeatures() {
  socket_.Output() +=
      authenticated_
          ? fmt::format(
                "<iq type='set' id='{}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                "<resource>bench</resource></bind></iq>",
                kBindId)
          : fmt::format(
                "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{}</auth>",
                PlainCredentials(person_));
}

/// The answer to a ping behind the presence tells that the server knows that presence.
void XmppPeer::OnIq(const XmppStanza& stanza) {
  if (stanza.type == "get" || stanza.type == "set") {
    socket_.Output() += fmt::format("<iq type='result' id='{}' to='{}'/>", stanza.id, stanza.from);
    return;
  }
  if (stanza.id == kBindId && stanza.type == "error") {
    return socket_.Fail("the server bound no resource");
  }
  if (stanza.id == kBindId) {
    socket_.Output() +=
        fmt::format("<presence/><iq type='get' id='{}' to='{}'><ping xmlns='urn:xmpp:ping'/></iq>",
                    kReadyId, kDomain);
  }
  if (stanza.id != kReadyId) return;
  if (!in_group()) return BecomeReady();
  socket_.Output() += fmt::format(
      "<presence to='{}/{}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>"
      "</presence>",
      Room(), name());
}

/// In a group everybody is told of everybody; one's own presence comes last.
void XmppPeer::OnPresence(const XmppStanza& stanza) {
  context_.stats.Add(Counter::kPresence);
  if (!in_group() || stanza.from != fmt::format("{}/{}", Room(), name())) return;
  if (stanza.type == "error") return socket_.Fail("the server let nobody into the room");
  if (!ready()) BecomeReady();
}

void XmppPeer::OnChat(const XmppStanza& stanza) {
  if (stanza.type == "error") return TakeRefusal("a message with an error");
  if (stanza.body.empty()) return context_.stats.Add(Counter::kOther);
  TakeMessage(stanza.body);
}

}  // namespace parley::bench
