#include "http/ops_service.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"

namespace parley::http {
namespace {

using testing::HasSubstr;

class OpsServiceTest : public testing::Test {
 protected:
  net::HttpResponse Ask(std::string method, std::string target) {
    net::HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    return runtime::RunTask(shard_, service_.Handle(std::move(request)));
  }

  runtime::Shard shard_;
  metrics::Metrics metrics_;
  Status store_;
  Status alive_;
  OpsService service_{metrics_,
                      {{"store", [this] { return store_; }}, {"clock", [] { return Status(); }}},
                      [this] { return alive_; }};
};

TEST_F(OpsServiceTest, Healthz_IsOkWhileTheProcessLives) {
  store_ = Unavailable("the disk is full");
  const net::HttpResponse response = Ask("GET", "/healthz");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "ok\n");
}

TEST_F(OpsServiceTest, Healthz_SaysWhatIsBeyondHope) {
  alive_ = Internal("shard 1 has not run anything for 30 s");
  const net::HttpResponse response = Ask("GET", "/healthz");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("shard 1"));
}

TEST_F(OpsServiceTest, Readyz_SaysWhichPartIsNotReady) {
  EXPECT_EQ(Ask("GET", "/readyz").status, 200);
  EXPECT_EQ(
      Ask("GET", "/readyz").body,
      R"({"ready":true,"parts":[{"name":"store","ready":true},{"name":"clock","ready":true}]})");
  store_ = Unavailable("the disk is full");
  const net::HttpResponse response = Ask("GET", "/readyz?verbose");
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr(R"({"ready":false,)"));
  EXPECT_THAT(response.body,
              HasSubstr(R"({"name":"store","ready":false,"detail":"the disk is full"})"));
  EXPECT_THAT(response.body, HasSubstr(R"({"name":"clock","ready":true})"));
}

TEST_F(OpsServiceTest, Metrics_AreTextForPrometheus) {
  metrics_.AddGauge("parley_connections", "Open connections.", [] { return 3; });
  const net::HttpResponse response = Ask("GET", "/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at(0).second, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("parley_connections 3\n"));
}

TEST_F(OpsServiceTest, Metrics_AreNotGatheredOnTheShard) {
  std::thread::id reader;
  metrics_.AddGauge("parley_connections", "Open connections.", [&] {
    reader = std::this_thread::get_id();
    return 3;
  });
  EXPECT_EQ(Ask("GET", "/metrics").status, 200);
  EXPECT_NE(reader, std::this_thread::get_id()) << "the shard runs on this thread here";
  EXPECT_NE(reader, std::thread::id());
}

TEST_F(OpsServiceTest, Metrics_AreRefusedOnceItIsStopped) {
  service_.Stop();
  EXPECT_EQ(Ask("GET", "/metrics").status, 503);
  EXPECT_EQ(Ask("GET", "/healthz").status, 200);
}

TEST_F(OpsServiceTest, NothingElse) {
  EXPECT_EQ(Ask("GET", "/").status, 404);
  EXPECT_EQ(Ask("GET", "/v1/server").status, 404);
  EXPECT_EQ(Ask("POST", "/metrics").status, 405);
  EXPECT_EQ(Ask("HEAD", "/readyz").status, 200);
}

}  // namespace
}  // namespace parley::http
