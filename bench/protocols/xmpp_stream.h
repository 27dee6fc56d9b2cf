#pragma once

#include <memory>
#include <string>
#include <string_view>

struct XML_ParserStruct;

namespace parley::bench {

/// What the generator wants to know of a stanza: no more of it is kept.
struct XmppStanza {
  std::string name;  ///< with its prefix, such as "stream:features"
  std::string type;
  std::string from;
  std::string id;
  std::string body;   ///< of a message
  std::string child;  ///< name of the first element in it
};

/// The server's half of an XMPP stream (RFC 6120): takes bytes however they were cut, and gives out
/// stanzas when they are whole.
class XmppStream {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    /// Valid during the call, in which the stream may be restarted.
    virtual void OnStanza(const XmppStanza& stanza) = 0;
    virtual void OnStreamEnd() = 0;
  };

  explicit XmppStream(Listener& listener) : listener_(listener) {}

  /// A new stream begins with the next bytes, as after authentication. In OnStanza() too: what is
  /// left of the bytes that were taken then is dropped, and a server sends nothing there.
  void Restart();
  /// False: it is no XML, and the stream is of no use any more.
  bool Take(std::string_view bytes);

 private:
  static void OnBegin(void* self, const char* name, const char** attributes);
  static void OnEnd(void* self, const char* name);
  static void OnText(void* self, const char* text, int size);

  struct Free {
    void operator()(XML_ParserStruct* parser) const;
  };

  Listener& listener_;
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  bool restart_ = true;
  int depth_ = 0;
  bool in_body_ = false;
  XmppStanza stanza_;
};

}  // namespace parley::bench
