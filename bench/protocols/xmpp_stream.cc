#include "bench/protocols/xmpp_stream.h"

#include <expat.h>

namespace parley::bench {
namespace {

// The stream is an element that ends with the connection; stanzas are the elements in it.
constexpr int kStreamDepth = 1;
constexpr int kStanzaDepth = 2;
constexpr int kChildDepth = 3;

}  // namespace

void XmppStream::Free::operator()(XML_ParserStruct* parser) const { XML_ParserFree(parser); }

void XmppStream::Restart() {
  restart_ = true;
  if (parser_) XML_StopParser(parser_.get(), XML_FALSE);
}

bool XmppStream::Take(std::string_view bytes) {
  if (restart_) {
    restart_ = false;
    depth_ = 0;
    parser_.reset(XML_ParserCreate("UTF-8"));
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &OnBegin, &OnEnd);
    XML_SetCharacterDataHandler(parser_.get(), &OnText);
#ifdef PARLEY_EXPAT_DEFERS
    // Else the end of what was cut waits in the parser until more has come.
    XML_SetReparseDeferralEnabled(parser_.get(), XML_FALSE);
#endif
  }
  const XML_Status status =
      XML_Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()), XML_FALSE);
  return status == XML_STATUS_OK || restart_;
}

void XmppStream::OnBegin(void* self, const char* name, const char** attributes) {
  auto& stream = *static_cast<XmppStream*>(self);
  ++stream.depth_;
  if (stream.depth_ == kChildDepth) {
    stream.in_body_ = std::string_view(name) == "body";
    if (stream.stanza_.child.empty()) stream.stanza_.child = name;
  }
  if (stream.depth_ != kStanzaDepth) return;
  stream.stanza_ = {};
  stream.stanza_.name = name;
  for (; *attributes != nullptr; attributes += 2) {
    const std::string_view key = attributes[0];
    if (key == "type") stream.stanza_.type = attributes[1];
    if (key == "from") stream.stanza_.from = attributes[1];
    if (key == "id") stream.stanza_.id = attributes[1];
  }
}

void XmppStream::OnEnd(void* self, const char* /*name*/) {
  auto& stream = *static_cast<XmppStream*>(self);
  const int depth = stream.depth_--;
  if (depth == kChildDepth) stream.in_body_ = false;
  if (depth == kStanzaDepth) stream.listener_.OnStanza(stream.stanza_);
  if (depth == kStreamDepth) stream.listener_.OnStreamEnd();
}

void XmppStream::OnText(void* self, const char* text, int size) {
  auto& stream = *static_cast<XmppStream*>(self);
  if (stream.in_body_) stream.stanza_.body.append(text, static_cast<std::size_t>(size));
}

}  // namespace parley::bench
