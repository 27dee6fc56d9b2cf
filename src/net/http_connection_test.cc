#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "net/testing/server_test_base.h"

namespace parley::net {
namespace {

using std::chrono::milliseconds;

class HttpConnectionTest : public ServerTestBase {};

TEST_F(HttpConnectionTest, KeepAlive_ManyRequestsOnOneConnection) {
  Start();
  RawClient client(port());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.Get("/n" + std::to_string(i));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.at("x-seen"), "GET /n" + std::to_string(i) + " from 127.0.0.1");
    EXPECT_EQ(response.headers.count("connection"), 0U);
    EXPECT_EQ(response.headers.count("date"), 1U);
  }
}

TEST_F(HttpConnectionTest, ConnectionClose_EndsAfterTheAnswer) {
  Start();
  RawClient client(port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().headers.at("connection"), "close");
  EXPECT_TRUE(client.ReadToEnd());
}

TEST_F(HttpConnectionTest, Http10_ClosesUnlessAskedNotTo) {
  Start();
  RawClient keeps(port());
  keeps.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(keeps.ReadResponse().headers.at("connection"), "keep-alive");
  EXPECT_EQ(keeps.Get("/again").status, 200);
  RawClient closes(port());
  closes.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closes.ReadResponse().headers.at("connection"), "close");
  EXPECT_TRUE(closes.ReadToEnd());
}

TEST_F(HttpConnectionTest, Pipelining_AnswersInOrderOneAfterAnother) {
  Start();
  RawClient client(port());
  client.Send(
      "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
      "\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(service_.WaitForSlow());
  service_.Release();
  EXPECT_EQ(client.ReadResponse().headers.at("x-seen"), "GET /slow from 127.0.0.1");
  EXPECT_EQ(client.ReadResponse().body, "abc");
  EXPECT_EQ(client.ReadResponse().headers.at("x-seen"), "GET /3 from 127.0.0.1");
}

TEST_F(HttpConnectionTest, Head_HasTheLengthButNoBody) {
  service_.wide_bytes = 1000;
  Start();
  RawClient client(port());
  client.Send("HEAD /wide HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.ReadResponse(/*head=*/true).headers.at("content-length"), "1000");
  EXPECT_EQ(client.Get("/next").headers.at("x-seen"), "GET /next from 127.0.0.1");
}

TEST_F(HttpConnectionTest, LargeBodies_BothWays) {
  service_.wide_bytes = 4'000'000;
  Start();
  RawClient client(port());
  EXPECT_EQ(client.Get("/wide").body.size(), 4'000'000U);
  const std::string body(options_.body_bytes, 'b');
  client.Send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body);
  EXPECT_EQ(client.ReadResponse().body, body);
}

TEST_F(HttpConnectionTest, LargeBody_IsReadOnlyIfTheServiceAdmitsIt) {
  service_.refuses_large_bodies = true;
  Start();
  RawClient client(port());
  const std::string body(HttpService::kUnaskedBodyBytes, 'b');
  client.Send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body);
  EXPECT_EQ(client.ReadResponse().body, body);
  client.Send("PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size() + 1) +
              "\r\n\r\n" + body.substr(0, 10));
  const auto refused = client.ReadResponse();
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.headers.at("x-seen"), "PUT /b from 127.0.0.1");
  EXPECT_TRUE(client.ReadToEnd());
}

TEST_F(HttpConnectionTest, LargeBodyInChunks_IsAskedForToo) {
  service_.refuses_large_bodies = true;
  Start();
  RawClient client(port());
  client.Send("PUT /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nF000\r\n" +
              std::string(0xF000, 'b'));
  EXPECT_EQ(client.ReadResponse().status, 401);
}

TEST_F(HttpConnectionTest, BodiesBeyondTheBudget_Get503_SmallOnesAndThoseOfKnownPeopleAreServed) {
  options_.reading_bytes = std::size_t{100} * 1024;
  Start();
  const std::string request =
      " HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n" + std::string(70'000, 'b');
  RawClient holder(port());
  holder.Send("PUT /slow" + request);
  ASSERT_TRUE(service_.WaitForSlow());
  EXPECT_GT(server_->reading().strangers.held(), 65'000);
  RawClient second(port());
  second.Send("PUT /" + request);
  EXPECT_EQ(second.ReadResponse().status, 503);
  EXPECT_TRUE(second.ReadToEnd());
  EXPECT_EQ(server_->reading().strangers.refused(), 1U);
  RawClient known(port());
  known.Send("PUT /known" + request);
  EXPECT_EQ(known.ReadResponse().body.size(), 70'000U);
  RawClient third(port());
  EXPECT_EQ(third.Get("/small").status, 200);
  service_.Release();
  EXPECT_EQ(holder.ReadResponse().body.size(), 70'000U);
  EXPECT_EQ(holder.Get("/next").status, 200);
  EXPECT_LT(server_->reading().strangers.held(), 65'000);  // `second` may linger
}

TEST_F(HttpConnectionTest, ExpectContinue_IsAnsweredBeforeTheBody) {
  Start();
  RawClient client(port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().status, 100);
  client.Send("body");
  EXPECT_EQ(client.ReadResponse().body, "body");
}

TEST_F(HttpConnectionTest, ExpectContinue_TooLarge_IsRefusedWithout) {
  Start();
  RawClient client(port());
  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().status, 413);
}

TEST_F(HttpConnectionTest, Refusal_ReachesAClientThatIsStillSending) {
  Start();
  RawClient client(port());
  const std::string body(3'000'000, 'b');
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + body);
  const auto response = client.ReadResponse();
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.headers.at("x-refused"), "yes");
  EXPECT_EQ(response.headers.at("connection"), "close");
  client.EndSending();
  EXPECT_TRUE(client.ReadToEnd());
}

TEST_F(HttpConnectionTest, Refusal_NothingBehindItIsServed) {
  Start();
  RawClient client(port());
  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().status, 400);
  client.EndSending();
  EXPECT_EQ(client.ReadResponse().status, 0);
}

TEST_F(HttpConnectionTest, HalfClosedAfterRequest_IsStillAnswered) {
  Start();
  RawClient client(port());
  client.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  client.EndSending();
  ASSERT_TRUE(service_.WaitForSlow());
  service_.Release();
  EXPECT_EQ(client.ReadResponse().status, 200);
  EXPECT_TRUE(client.ReadToEnd());
}

TEST_F(HttpConnectionTest, ResetWhileHandling_EndsQuietly) {
  Start();
  {
    RawClient client(port());
    client.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(service_.WaitForSlow());
    client.Reset();
  }
  service_.Release();
  RawClient other(port());
  EXPECT_EQ(other.Get("/").status, 200);
}

TEST_F(HttpConnectionTest, SlowHeaders_Get408) {
  options_.header_timeout = milliseconds(60);
  Start();
  RawClient client(port());
  client.Send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.ReadResponse().status, 408);
  client.EndSending();
  EXPECT_TRUE(client.ReadToEnd());
}

TEST_F(HttpConnectionTest, SlowBody_Gets408) {
  options_.body_timeout = milliseconds(60);
  Start();
  RawClient client(port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  EXPECT_EQ(client.ReadResponse().status, 408);
}

TEST_F(HttpConnectionTest, Idle_IsClosedWithoutAWord) {
  options_.idle_timeout = milliseconds(60);
  options_.header_timeout = milliseconds(60);
  Start();
  RawClient fresh(port());
  RawClient used(port());
  EXPECT_EQ(used.Get("/").status, 200);
  EXPECT_EQ(used.ReadResponse().status, 0);
  EXPECT_EQ(fresh.ReadResponse().status, 0);
  const auto& timeouts = server_->stats().http_timeouts;
  EXPECT_EQ(timeouts[static_cast<std::size_t>(HttpTimeout::kIdle)].load(), 1U);
  EXPECT_EQ(timeouts[static_cast<std::size_t>(HttpTimeout::kHeader)].load(), 1U);
}

TEST_F(HttpConnectionTest, FirstRequest_MustBeginWithinTheHeadersTime) {
  options_.header_timeout = milliseconds(60);
  options_.idle_timeout = std::chrono::hours(1);
  Start();
  RawClient silent(port());
  EXPECT_EQ(silent.ReadResponse().status, 0);
  EXPECT_TRUE(silent.ReadToEnd());
}

TEST_F(HttpConnectionTest, Header_AByteAtATime_DoesNotProlongItsTime) {
  options_.header_timeout = milliseconds(150);
  Start();
  RawClient slow(port());
  slow.Send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  std::thread drip([&] {
    for (int i = 0; i < 200 && server_->stats().http_timeouts[1].load() == 0; ++i) {
      slow.Send("x");
      std::this_thread::sleep_for(milliseconds(10));
    }
  });
  EXPECT_EQ(slow.ReadResponse().status, 408);
  drip.join();
}

TEST_F(HttpConnectionTest, IdleTimeout_DoesNotCountWhileHandling) {
  options_.idle_timeout = milliseconds(40);
  options_.header_timeout = milliseconds(40);
  Start();
  RawClient client(port());
  client.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(service_.WaitForSlow());
  // Another connection shows that the time-out has passed on that clock.
  RawClient witness(port());
  EXPECT_TRUE(witness.ReadToEnd());
  service_.Release();
  EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(HttpConnectionTest, ClientThatDoesNotTakeItsAnswer_IsDropped) {
  service_.wide_bytes = 50'000'000;
  options_.idle_timeout = milliseconds(60);
  Start();
  RawClient client(port());
  client.Send("GET /wide HTTP/1.1\r\nHost: a\r\n\r\n");
  // The answer is too large for the kernel's buffers: whoever waits for it to end sees the
  // connection end first.
  while (server_->stats().connections.load() == 0) std::this_thread::yield();
  while (server_->stats().connections.load() != 0) std::this_thread::yield();
  EXPECT_EQ(client.ReadResponse().status, 0);
}

}  // namespace
}  // namespace parley::net
