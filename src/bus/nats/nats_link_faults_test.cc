// What a link makes of servers that are not as they should be.

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "bus/nats/nats_link.h"
#include "bus/nats/scripted_server.h"

namespace parley::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr const char* kInfo = "INFO {\"max_payload\":1048576}\r\n";

/// What a server answers that is well.
std::string Well(std::string_view line) { return line == "PING" ? "PONG\r\n" : ""; }

class NatsLinkFaults : public testing::Test {
 protected:
  NatsLinkFaults() { shard_.Start(); }

  static NatsLinkOptions Options(std::vector<std::string> urls) {
    NatsLinkOptions options;
    options.urls = std::move(urls);
    options.name = "test";
    options.connect_timeout = milliseconds(200);
    options.ping_interval = milliseconds(50);
    options.flush_timeout = milliseconds(50);
    options.retry_wait = options.reconnect_wait = milliseconds(10);
    return options;
  }
  static void WaitFor(const std::function<bool()>& done) {
    const auto deadline = steady_clock::now() + seconds(10);
    while (!done()) {
      ASSERT_LT(steady_clock::now(), deadline) << "waited too long";
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  /// Why there is no connection to any of `urls`.
  std::string WhyNot(std::vector<std::string> urls) {
    NatsLink link(Options(std::move(urls)), shard_, log_);
    link.Start();
    WaitFor([&] { return link.status().message().find("yet") == std::string_view::npos; });
    return std::string(link.status().message());
  }

  NullLogger log_;
  runtime::Shard shard_;
};

TEST_F(NatsLinkFaults, WhoDoesNotSpeakNats_IsNamedSo) {
  ScriptedServer web("HTTP/1.1 200 OK\r\n", Well);
  EXPECT_THAT(WhyNot({web.url()}), HasSubstr("does not speak NATS"));
  ScriptedServer other("PING\r\n", Well);
  EXPECT_THAT(WhyNot({other.url()}), HasSubstr("no NATS server"));
}

TEST_F(NatsLinkFaults, WhoSaysNothing_IsGivenUp) {
  ScriptedServer silent("", Well);
  EXPECT_THAT(WhyNot({silent.url()}), HasSubstr("can be reached"));
}

TEST_F(NatsLinkFaults, WhatTheOperatorHasToChange_IsSaid) {
  ScriptedServer strict(kInfo, [](std::string_view line) -> std::string {
    return line.starts_with("CONNECT") ? "-ERR 'Authorization Violation'\r\n" : "";
  });
  EXPECT_THAT(WhyNot({strict.url()}), HasSubstr("bus.nats.password"));
  ScriptedServer secure("INFO {\"tls_required\":true}\r\n", Well);
  EXPECT_THAT(WhyNot({secure.url()}), HasSubstr("bus.nats.ca_file"));
  ScriptedServer plain(kInfo, Well);
  EXPECT_THAT(WhyNot({"tls" + plain.url().substr(4)}), HasSubstr("write nats://"));
}

TEST_F(NatsLinkFaults, WhereOneIsBad_TheNextIsTaken) {
  ScriptedServer silent("", Well);
  ScriptedServer well(kInfo, Well);
  NatsLink link(Options({silent.url(), well.url()}), shard_, log_);
  link.Start();
  WaitFor([&] { return link.status().ok(); });
  EXPECT_EQ(link.stats().reconnects, 0U);
}

// Its process may be stopped, or its machine gone: nothing else tells.
TEST_F(NatsLinkFaults, WhoAnswersNoPing_IsLeft) {
  // Whichever it comes to first.
  std::atomic<int> mute = 0;
  std::atomic<int> connected = 0;
  const auto server = [&](int number) {
    return [&, number](std::string_view line) {
      if (line.starts_with("CONNECT")) connected = number;
      return mute == number ? "" : Well(line);
    };
  };
  ScriptedServer first(kInfo, server(1));
  ScriptedServer second(kInfo, server(2));
  const auto losses = std::make_shared<std::atomic<int>>(0);
  NatsLink link(Options({first.url(), second.url()}), shard_, log_);
  link.OnLoss([losses] { ++*losses; });
  link.Start();
  WaitFor([&] { return link.status().ok(); });
  mute = connected.load();
  std::atomic<StatusCode> flushed = StatusCode::kOk;
  link.Flush([&](const Status& status) { flushed = status.code(); });
  WaitFor([&] { return flushed == StatusCode::kUnavailable; });
  WaitFor([&] { return *losses == 1; });
  EXPECT_EQ(link.stats().reconnects, 1U);
  EXPECT_TRUE(link.status().ok());
}

TEST_F(NatsLinkFaults, WhatIsPublishedWhileAnotherServerIsLookedFor_IsSentThere) {
  std::mutex mutex;
  std::vector<std::string> heard;
  std::atomic<bool> away = false;
  ScriptedServer only(kInfo, [&](std::string_view line) -> std::string {
    if (away) return "nonsense\r\n";
    const std::lock_guard lock(mutex);
    if (line.starts_with("SUB") || line.starts_with("PUB")) heard.emplace_back(line);
    return Well(line);
  });
  NatsLink link(Options({only.url()}), shard_, log_);
  link.Subscribe("a", std::make_shared<const Link::Handler>([](const Link::Message&) {}));
  link.Start();
  WaitFor([&] { return link.status().ok(); });
  away = true;
  WaitFor([&] { return !link.status().ok(); });
  EXPECT_TRUE(link.Publish("b", "", std::make_shared<const std::string>("x")));
  away = false;
  const auto all = [&] {
    const std::lock_guard lock(mutex);
    return heard;
  };
  WaitFor([&] { return !all().empty() && all().back() == "PUB b 1"; });
  EXPECT_THAT(all(), testing::ElementsAre("SUB a 1", "SUB a 1", "PUB b 1"));
}

TEST_F(NatsLinkFaults, ClosedWhileItConnects_EndsSoon) {
  ScriptedServer silent("", Well);
  NatsLinkOptions options = Options({silent.url()});
  options.connect_timeout = seconds(60);
  NatsLink link(options, shard_, log_);
  link.Start();
  link.Close();
  EXPECT_FALSE(link.status().ok());
}

}  // namespace
}  // namespace parley::bus
