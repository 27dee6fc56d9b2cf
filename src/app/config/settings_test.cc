#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/bind.h"
#include "app/config/load.h"
#include "app/config/nearest.h"
#include "app/config/setting.h"

namespace parley::app {
namespace {

using testing::ElementsAre;

const Setting& Named(std::string_view name) {
  const auto setting = std::ranges::find(Settings(), name, &Setting::name);
  EXPECT_NE(setting, Settings().end()) << name;
  return *setting;
}

bool Accepts(std::string_view name, const GivenValue& value) {
  Config config;
  return Named(name).set(config, value);
}

GivenValue Untyped(std::string text) { return UntypedText{std::move(text)}; }

TEST(Settings, HaveNamesOfTheirOwn_InTheEnvironmentToo) {
  std::set<std::string> variables;
  for (const Setting& setting : Settings()) {
    EXPECT_TRUE(variables.insert(EnvironmentName(setting.name)).second) << setting.name;
    EXPECT_FALSE(setting.meaning.empty()) << setting.name;
    EXPECT_FALSE(setting.accepts.empty()) << setting.name;
  }
}

TEST(Settings, NumbersWithUnits_SayItInTheirNames) {
  for (const Setting& setting : Settings()) {
    const bool is_time = setting.unit == "ms";
    const bool is_size = setting.unit == "bytes";
    EXPECT_EQ(setting.name.ends_with("_ms"), is_time) << setting.name;
    EXPECT_EQ(setting.name.ends_with("_bytes"), is_size) << setting.name;
  }
}

// Two settings bound to one field would show here, and a default out of its own range.
TEST(Settings, EachTakesWhatItShows_AndMovesNothingElse) {
  for (const Setting& setting : Settings()) {
    Config config;
    std::string shown = setting.show(config);
    if (shown.front() == '"') shown = shown.substr(1, shown.size() - 2);
    if (shown.starts_with('['))
      std::erase_if(shown, [](char c) { return c == '[' || c == ']' || c == '"'; });
    EXPECT_TRUE(setting.set(config, UntypedText{shown})) << setting.name << " = " << shown;
  }
  for (const Setting& changed : Settings()) {
    Config config;
    for (const char* other : {"1",
                              "2",
                              "500",
                              "300000",
                              "2000000",
                              "false",
                              "debug",
                              "json",
                              "closed",
                              "off",
                              "memory",
                              "admins",
                              "https://other.example",
                              "10.0.0.0/8",
                              "[::1]:1",
                              "127.0.0.1:1",
                              "other",
                              "nats",
                              "nats://127.0.0.1:1",
                              "redis://:secret@127.0.0.1:1"}) {
      if (changed.show(config) == changed.show(Config())) changed.set(config, UntypedText{other});
    }
    EXPECT_NE(changed.show(config), changed.show(Config())) << changed.name;
    for (const Setting& setting : Settings()) {
      if (setting.name == changed.name) continue;
      EXPECT_EQ(setting.show(config), setting.show(Config())) << changed.name << setting.name;
    }
  }
}

TEST(Settings, Integer_TypeAndRange) {
  Config config;
  ASSERT_TRUE(Named("server.drain_ms").set(config, std::int64_t{5'000}));
  EXPECT_EQ(config.server.drain, std::chrono::seconds(5));
  EXPECT_TRUE(Accepts("threads", Untyped("256")));
  for (const char* text : {"", "257", "-1", "4.0", "4 ", "0x4", "99999999999999999999", "four"}) {
    EXPECT_FALSE(Accepts("threads", Untyped(text))) << text;
  }
  EXPECT_FALSE(Accepts("threads", std::string("4")));
  EXPECT_FALSE(Accepts("threads", true));
  EXPECT_FALSE(Accepts("threads", std::monostate()));
}

TEST(Settings, Boolean_OnlyTrueAndFalse) {
  Config config;
  ASSERT_TRUE(Named("limits.enabled").set(config, Untyped("false")));
  EXPECT_FALSE(config.limits_enabled);
  EXPECT_TRUE(Accepts("limits.enabled", true));
  EXPECT_FALSE(Accepts("limits.enabled", Untyped("no")));
  EXPECT_FALSE(Accepts("limits.enabled", std::int64_t{0}));
  EXPECT_FALSE(Accepts("limits.enabled", std::string("false")));
}

TEST(Settings, Choice_OnlyItsWords) {
  Config config;
  ASSERT_TRUE(Named("accounts.registration").set(config, std::string("closed")));
  EXPECT_EQ(config.accounts.registration, RegistrationMode::kClosed);
  EXPECT_EQ(Named("accounts.registration").accepts, "open, invitation or closed");
  EXPECT_FALSE(Accepts("accounts.registration", Untyped("Open")));
  EXPECT_FALSE(Accepts("accounts.registration", Untyped("")));
}

TEST(Settings, List_SplitAtCommas) {
  Config config;
  const Setting& proxies = Named("server.trusted_proxies");
  ASSERT_TRUE(proxies.set(config, Untyped(" 10.0.0.0/8,, ::1 ,")));
  EXPECT_THAT(config.server.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  ASSERT_TRUE(proxies.set(config, Untyped("")));
  EXPECT_THAT(config.server.trusted_proxies, ElementsAre());
  EXPECT_FALSE(Accepts("server.trusted_proxies", std::string("10.0.0.0/8")));
}

TEST(Settings, Networks) {
  for (const char* good : {"10.0.0.0/8", "192.0.2.1", "0.0.0.0/0", "fd00::/8", "::1", "::/128"}) {
    EXPECT_TRUE(Accepts("server.trusted_proxies", Untyped(good))) << good;
  }
  for (const char* bad :
       {"10.0.0.0/33", "10.0.0", "::1/129", "proxy", "10.0.0.0/", "10.0.0.0/-1"}) {
    EXPECT_FALSE(Accepts("server.trusted_proxies", Untyped(bad))) << bad;
  }
}

TEST(Settings, Origins) {
  for (const char* good : {"https://chat.example", "http://localhost:5173", "http://[::1]:80"}) {
    EXPECT_TRUE(Accepts("server.allowed_origins", Untyped(good))) << good;
    EXPECT_TRUE(Accepts("server.public_url", Untyped(good))) << good;
  }
  for (const char* bad : {"chat.example", "https://", "https://chat.example/", "ftp://x", "*",
                          "https://*.example", "https://a@b"}) {
    EXPECT_FALSE(Accepts("server.allowed_origins", Untyped(bad))) << bad;
    EXPECT_FALSE(Accepts("server.public_url", Untyped(bad))) << bad;
  }
  EXPECT_TRUE(Accepts("server.public_url", Untyped("")));
}

TEST(Settings, UrlsOfEngines) {
  EXPECT_TRUE(Accepts("cache.redis.urls", Untyped("redis://:secret@127.0.0.1:6379,redis://[::1]")));
  EXPECT_FALSE(Accepts("cache.redis.urls", Untyped("127.0.0.1:6379")));
  EXPECT_TRUE(Accepts("bus.nats.urls", Untyped("nats://127.0.0.1:4222,tls://[::1]:4222")));
  for (const char* bad : {"127.0.0.1:4222", "nats://127.0.0.1", "http://127.0.0.1:4222"}) {
    EXPECT_FALSE(Accepts("bus.nats.urls", Untyped(bad))) << bad;
  }
  EXPECT_TRUE(Accepts("storage.cassandra.hosts", Untyped("10.0.0.1:9042, cassandra:9042")));
  EXPECT_FALSE(Accepts("storage.cassandra.hosts", Untyped("10.0.0.1")));
  for (const char* bad : {"", "Parley", "1parley", "par-ley", "parley.x"}) {
    EXPECT_FALSE(Accepts("storage.cassandra.keyspace", Untyped(bad))) << bad;
  }
}

TEST(HostPort, ReadsAndWritesItsForm) {
  for (const char* text : {"127.0.0.1:8080", "[::1]:0", "localhost:65535", "0.0.0.0:1"}) {
    const std::optional<HostPort> read = ParseHostPort(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(read->ToString(), text);
  }
  EXPECT_EQ(ParseHostPort("[::1]:8080"), (HostPort{"::1", 8080}));
  for (const char* text : {"", "8080", ":8080", "host:", "host:65536", "host:-1", "::1:8080",
                           "[]:1", "[host]:1", "[::1]", "http://host:1", "a b:1", "host:1x"}) {
    EXPECT_EQ(ParseHostPort(text), std::nullopt) << text;
  }
}

TEST(Config, PublicServer_TakesAddressAndSizes) {
  Config config;
  config.listen = {"::1", 1};
  config.ops_listen = {"127.0.0.1", 2};
  config.limits.body_bytes = 3;
  config.limits.frame_bytes = 4;
  const net::ServerOptions options = config.PublicServer();
  EXPECT_EQ(options.host, "::1");
  EXPECT_EQ(options.port, 1);
  EXPECT_EQ(options.body_bytes, 3U);
  EXPECT_EQ(options.frame_bytes, 4U);
  EXPECT_EQ(config.OpsServer().port, 2);
}

TEST(EditDistance, CountsLetters) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("sitting", "kitten"), 3U);
}

TEST(NearestSetting, FindsWhatWasMeant) {
  for (const auto& [given, meant] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"lisen", "listen"},
           {"accounts.registraton", "accounts.registration"},
           {"registration", "accounts.registration"},
           {"public_url", "server.public_url"},
           {"sever.drain_ms", "server.drain_ms"},
           {"server.drain", "server.drain_ms"},
           {"log", "log.level"},
           {"listen.port", "listen"}}) {
    EXPECT_EQ(NearestSetting(given, Settings()), meant) << given;
  }
}

}  // namespace
}  // namespace parley::app
