#include "bench/protocols/xmpp_stream.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

constexpr std::string_view kHead =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams' from='localhost'>";

class Heard : public XmppStream::Listener {
 public:
  void OnStanza(const XmppStanza& stanza) override {
    stanzas.push_back(stanza);
    if (stanza.name == "success") stream->Restart();
  }
  void OnStreamEnd() override { ended = true; }

  std::vector<XmppStanza> stanzas;
  bool ended = false;
  XmppStream* stream = nullptr;
};

class XmppStreamTest : public testing::Test {
 protected:
  XmppStreamTest() { heard_.stream = &stream_; }
  Heard heard_;
  XmppStream stream_{heard_};
};

TEST_F(XmppStreamTest, Message_ByteByByte_IsWholeAndSo) {
  const std::string bytes = std::string(kHead) +
                            "<message from='a@localhost/r' type='chat' id='7'><delay/>"
                            "<body>x &lt; y</body><other><body>no</body></other></message>";
  for (const char byte : bytes) ASSERT_TRUE(stream_.Take({&byte, 1}));
  ASSERT_EQ(heard_.stanzas.size(), 1U);
  const XmppStanza& stanza = heard_.stanzas.front();
  EXPECT_EQ(stanza.name, "message");
  EXPECT_EQ(stanza.type, "chat");
  EXPECT_EQ(stanza.from, "a@localhost/r");
  EXPECT_EQ(stanza.id, "7");
  EXPECT_EQ(stanza.body, "x < y");
  EXPECT_EQ(stanza.child, "delay");
}

TEST_F(XmppStreamTest, SeveralInOneRead_ComeOneByOne) {
  ASSERT_TRUE(stream_.Take(std::string(kHead) + "<presence/><iq id='1' type='result'/><iq id"));
  ASSERT_TRUE(stream_.Take("='2'/>"));
  ASSERT_EQ(heard_.stanzas.size(), 3U);
  EXPECT_EQ(heard_.stanzas[0].name, "presence");
  EXPECT_EQ(heard_.stanzas[1].id, "1");
  EXPECT_EQ(heard_.stanzas[2].id, "2");
  EXPECT_EQ(heard_.stanzas[2].type, "");
}

TEST_F(XmppStreamTest, Success_ANewStreamBeginsBehindIt) {
  ASSERT_TRUE(stream_.Take(std::string(kHead) + "<success/>"));
  ASSERT_TRUE(stream_.Take(std::string(kHead) + "<stream:features><bind/></stream:features>"));
  ASSERT_EQ(heard_.stanzas.size(), 2U);
  EXPECT_EQ(heard_.stanzas[1].name, "stream:features");
  EXPECT_EQ(heard_.stanzas[1].child, "bind");
}

TEST_F(XmppStreamTest, End_IsTold) {
  ASSERT_TRUE(stream_.Take(std::string(kHead) + "</stream:stream>"));
  EXPECT_TRUE(heard_.ended);
}

TEST_F(XmppStreamTest, NotXml_IsRefused) { EXPECT_FALSE(stream_.Take("HTTP/1.1 400")); }

}  // namespace
}  // namespace parley::bench
