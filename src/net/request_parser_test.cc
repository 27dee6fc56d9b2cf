#include "net/request_parser.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace parley::net {
namespace {

constexpr std::size_t kHeaderBytes = 512;
constexpr std::size_t kBodyBytes = 32;

/// Feeds `bytes` in steps of `step`, keeping what was not taken, as a connection does.
RequestParser Parse(std::string_view bytes, std::size_t step) {
  RequestParser parser(kHeaderBytes, kBodyBytes);
  std::string buffer;
  while (!bytes.empty() && !parser.done() && !parser.refusal()) {
    buffer += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    bool again = true;
    while (again && !buffer.empty()) {
      const bool in_header = !parser.header_done();
      buffer.erase(0, parser.Put(buffer));
      again = in_header && parser.header_done() && !parser.done() && !parser.refusal();
    }
  }
  return parser;
}

int StatusOf(std::string_view bytes) {
  const RequestParser whole = Parse(bytes, bytes.size());
  const RequestParser single = Parse(bytes, 1);
  const int status = whole.refusal() ? whole.refusal()->status : 0;
  EXPECT_EQ(single.refusal() ? single.refusal()->status : 0, status) << bytes;
  if (status == 0) EXPECT_EQ(single.done(), whole.done()) << bytes;
  return status;
}

std::string WithHeaders(std::string_view headers) {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

TEST(RequestParser, Put_ByteByByte_MakesTheSameRequest) {
  for (const std::size_t step : {1U, 3U, 1000U}) {
    RequestParser parser = Parse(
        "POST /x?y=1 HTTP/1.1\r\nHost: a\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 5\r\n\r\nhello",
        step);
    ASSERT_TRUE(parser.done());
    EXPECT_TRUE(parser.keep_alive());
    const HttpRequest request = parser.Take();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/x?y=1");
    EXPECT_EQ(request.Header("x-TWO"), "1");
    EXPECT_EQ(request.CountHeader("X-Two"), 2U);
    EXPECT_EQ(request.Header("absent"), "");
    EXPECT_EQ(request.body, "hello");
  }
}

TEST(RequestParser, Put_Chunked_JoinsTheBodyAndDropsTrailers) {
  for (const std::size_t step : {1U, 7U, 1000U}) {
    RequestParser parser =
        Parse(WithHeaders("Transfer-Encoding: chunked\r\n") +
                  "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nAuthorization: evil\r\n\r\n",
              step);
    ASSERT_TRUE(parser.done());
    const HttpRequest request = parser.Take();
    EXPECT_EQ(request.body, "abcde");
    EXPECT_EQ(request.CountHeader("Authorization"), 0U);
  }
}

TEST(RequestParser, Put_NoChunksButTheLast_InPiecesOfAnySize) {
  // Beast's own parser aborts the program where "0\r\n" and "\r" come one after the other.
  for (const std::string_view last : {"0\r\n\r\n", "000\r\n\r\n", "0;x\r\nA: b\r\n\r\n"}) {
    for (std::size_t step = 1; step < 8; ++step) {
      RequestParser parser =
          Parse(WithHeaders("Transfer-Encoding: chunked\r\n") + std::string(last), step);
      ASSERT_TRUE(parser.done()) << last << " by " << step;
      EXPECT_EQ(parser.Take().body, "");
    }
  }
}

TEST(RequestParser, Put_AmbiguousLength_IsRefused) {
  const std::string body = "0\r\n\r\n";
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + body),
            400);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + body),
            400);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n") + body), 400);
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n") + body), 400);
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello!"), 400);
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length: -5\r\n")), 400);
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length: 5a\r\n")), 400);
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length : 5\r\n") + "hello"), 400);
  EXPECT_EQ(StatusOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + body), 400);
}

TEST(RequestParser, Put_UnknownTransferCoding_IsNotImplemented) {
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: gzip\r\n")), 501);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: gzip, chunked\r\n")), 501);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: identity\r\n")), 501);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: xchunked\r\n")), 501);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: \"chunked\"\r\n")), 501);
}

TEST(RequestParser, Put_Host_MustBeThereOnce) {
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.0\r\n\r\n"), 0);
  EXPECT_EQ(StatusOf("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  for (const char* host : {"a\xCC", "a/b", "a@b", "a\"b", "a b", "<a>"}) {
    EXPECT_EQ(StatusOf(std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n"), 400) << host;
  }
}

TEST(RequestParser, Put_Limits) {
  EXPECT_EQ(StatusOf("GET /" + std::string(kHeaderBytes, 'a')), 414);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(kHeaderBytes, 'a')), 431);
  // Each part below the limit, both together above.
  EXPECT_EQ(StatusOf("GET /" + std::string(300, 'a') +
                     " HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'a') + "\r\n\r\n"),
            431);
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length: 32\r\n") + std::string(32, 'b')), 0);
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length: 33\r\n")), 413);
  EXPECT_EQ(StatusOf(WithHeaders("Content-Length: 99999999999999999999\r\n")), 400);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: chunked\r\n") + "10\r\n" +
                     std::string(16, 'b') + "\r\n11\r\n"),
            413);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: chunked\r\n") + "1;" + std::string(600, 'e')),
            431);
}

TEST(RequestParser, Put_Malformed) {
  EXPECT_EQ(StatusOf("G\x01T / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: chunked\r\n") + "zz\r\n"), 400);
  EXPECT_EQ(StatusOf(WithHeaders("Transfer-Encoding: chunked\r\n") + "1\r\nabc\r\n"), 400);
}

TEST(RequestParser, Put_BareLineFeeds_AreNoLineEnds) {
  // Another server may take them for some: then the two would see different requests.
  for (const std::size_t step : {1U, 1000U}) {
    EXPECT_FALSE(Parse("GET / HTTP/1.1\nHost: a\n\n", step).done());
    EXPECT_FALSE(Parse("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", step).done());
  }
}

TEST(RequestParser, Put_BareLineFeeds_AreRefusedAtOnce) {
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\nHost: a\n\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"), 400);
}

TEST(RequestParser, Put_FoldedHeaders_AreRefused) {
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n"),
            400);
}

TEST(RequestParser, Put_HeadersBeyond100_AreRefused) {
  std::string headers;
  for (int i = 0; i < 99; ++i) headers += "a:\r\n";  // and Host
  RequestParser parser(8'192, kBodyBytes);
  parser.Put("GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
  EXPECT_FALSE(parser.refusal().has_value());
  RequestParser refusing(8'192, kBodyBytes);
  refusing.Put("GET / HTTP/1.1\r\nHost: a\r\n" + headers + "a:\r\n\r\n");
  ASSERT_TRUE(refusing.refusal().has_value());
  EXPECT_EQ(refusing.refusal()->status, 431);
}

TEST(RequestParser, Put_Expect) {
  const std::string expecting = WithHeaders("Content-Length: 1\r\nExpect: 100-Continue\r\n");
  EXPECT_TRUE(Parse(expecting, 1000).expects_continue());
  EXPECT_FALSE(Parse(expecting + "x", 1000).expects_continue());
  EXPECT_FALSE(Parse(WithHeaders("Content-Length: 1\r\n"), 1000).expects_continue());
  EXPECT_EQ(StatusOf(WithHeaders("Expect: something\r\n")), 417);
}

TEST(RequestParser, Put_StopsBehindItsRequest) {
  RequestParser parser(kHeaderBytes, kBodyBytes);
  const std::string two = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n";
  EXPECT_EQ(parser.Put(two), two.find("GET /2"));
  EXPECT_TRUE(parser.done());
}

}  // namespace
}  // namespace parley::net
