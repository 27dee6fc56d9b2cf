#include "net/http_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/control_frame.h"
#include "net/http_date.h"

namespace parley::net {
namespace {

TEST(RenderHead, CountsALastingBodyInPlaceOfTheOther) {
  HttpResponse response{.status = 200, .headers = {}, .body = "four"};
  response.lasting_body = "seven77";
  EXPECT_THAT(RenderHead(response, {}, "now"), testing::HasSubstr("Content-Length: 7\r\n"));
  EXPECT_EQ(response.Content(), "seven77");
}

TEST(HttpOutput, RenderHead_AddsTheServersHeaders) {
  const HttpResponse response{.status = 200, .headers = {{"X-A", "b"}}, .body = "four"};
  EXPECT_EQ(RenderHead(response, {}, "now"),
            "HTTP/1.1 200 OK\r\nDate: now\r\nX-A: b\r\nContent-Length: 4\r\n\r\n");
}

TEST(HttpOutput, RenderHead_NoContent_HasNoLength) {
  EXPECT_EQ(RenderHead({.status = 204, .headers = {}, .body = {}}, {.keep_alive = false}, "now"),
            "HTTP/1.1 204 No Content\r\nDate: now\r\nConnection: close\r\n\r\n");
}

TEST(HttpOutput, RenderHead_LineBreakInValue_CannotBeginAnotherHeader) {
  const std::string head = RenderHead(
      {.status = 200, .headers = {{"X-A", "b\r\nSet-Cookie: evil"}}, .body = {}}, {}, "now");
  EXPECT_EQ(head.find("\r\nSet-Cookie"), std::string::npos);
}

TEST(HttpDate, Format_IsThatOfRfc9110) {
  EXPECT_EQ(HttpDate::Format(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(ControlFrame, EncodeClose_LongReason_IsCutAtACharacter) {
  // 62 two-byte characters are 124 bytes; 123 fit, which would cut the last in half.
  std::string reason;
  for (int i = 0; i < 62; ++i) reason += "ä";
  const std::string frame = EncodeClose(CloseCode::kNormal, reason);
  EXPECT_EQ(frame.size(), 2U + 2U + 122U);
  EXPECT_EQ(frame.substr(0, 4), std::string("\x88\x7C\x03\xE8"));
}

}  // namespace
}  // namespace parley::net
