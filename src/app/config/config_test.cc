#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/bind.h"
#include "app/config/load.h"

namespace parley::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    std::string name = testing::TempDir() + "/config_test.XXXXXX";
    root_ = ::mkdtemp(name.data());
  }
  ~ConfigTest() override { std::filesystem::remove_all(root_); }

  /// A file with that content.
  std::string File(const std::string& content) {
    const std::string path = root_ + "/parley.toml";
    std::ofstream(path) << content;
    return path;
  }
  /// What is said of it, with the folder's name taken away.
  std::string ErrorOf(const ConfigSources& sources) {
    const Result<LoadedConfig> loaded = LoadConfig(sources);
    EXPECT_FALSE(loaded.ok());
    std::string message(loaded.status().message());
    for (std::size_t at; (at = message.find(root_ + "/")) != std::string::npos;) {
      message.erase(at, root_.size() + 1);
    }
    return message;
  }

  std::string root_;
};

std::string LineOf(const LoadedConfig& loaded, const std::string& name) {
  std::istringstream lines(PrintConfig(loaded));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + " = ")) return line;
  }
  return "";
}

TEST_F(ConfigTest, Nothing_IsTheDefaults) {
  const Result<LoadedConfig> loaded = LoadConfig({});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->config.data_dir, "./data");
  EXPECT_EQ(loaded->config.listen, (HostPort{"127.0.0.1", 8080}));
  EXPECT_EQ(loaded->config.ops_listen, (HostPort{"127.0.0.1", 8081}));
  EXPECT_EQ(loaded->config.accounts.registration, RegistrationMode::kOpen);
  EXPECT_TRUE(loaded->config.limits_enabled);
  EXPECT_EQ(LineOf(*loaded, "listen"), "listen = \"127.0.0.1:8080\"  # default");
}

TEST_F(ConfigTest, FileThenEnvironmentThenFlags) {
  const std::string file = File(
      "threads = 1\n"
      "data_dir = \"from-file\"\n"
      "listen = \"127.0.0.1:1\"\n"
      "log.level = \"debug\"\n"
      "[server]\n"
      "# a remark\n"
      "trusted_proxies = [\"10.0.0.0/8\",\n"
      "                   \"::1\"]\n"
      "drain_ms = 7_000\n");
  const Result<LoadedConfig> loaded = LoadConfig(
      {.file = file,
       .environment = {{"PARLEY_DATA_DIR", "from-env"}, {"PARLEY_LISTEN", "127.0.0.1:2"}},
       .flags = {{"listen", "127.0.0.1:3", "--listen"}}});
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  EXPECT_EQ(loaded->config.threads, 1U);
  EXPECT_EQ(loaded->config.data_dir, "from-env");
  EXPECT_EQ(loaded->config.listen.port, 3);
  EXPECT_EQ(loaded->config.log.level, LogLevel::kDebug);
  EXPECT_THAT(loaded->config.server.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  EXPECT_EQ(loaded->config.server.drain, std::chrono::seconds(7));

  EXPECT_EQ(LineOf(*loaded, "threads"), "threads = 1  # file " + file + ":1");
  EXPECT_EQ(LineOf(*loaded, "data_dir"), "data_dir = \"from-env\"  # env PARLEY_DATA_DIR");
  EXPECT_EQ(LineOf(*loaded, "listen"), "listen = \"127.0.0.1:3\"  # flag --listen");
  EXPECT_EQ(LineOf(*loaded, "log.level"),
            "log.level = \"debug\"  # file " + file + ":4; SIGHUP rereads it");
  EXPECT_EQ(LineOf(*loaded, "server.drain_ms"), "server.drain_ms = 7000  # file " + file + ":9");
  EXPECT_EQ(LineOf(*loaded, "server.trusted_proxies"),
            "server.trusted_proxies = [\"10.0.0.0/8\", \"::1\"]  # file " + file + ":7");
}

TEST_F(ConfigTest, Print_IsAConfigurationFile) {
  const Result<LoadedConfig> loaded = LoadConfig(
      {.file = {},
       .environment = {{"PARLEY_DATA_DIR", "a \"b\" \\ c\td"}, {"PARLEY_STORAGE_SYNC", "false"}},
       .flags = {{"server.allowed_origins", "https://a.example, https://b.example", "--set"}}});
  ASSERT_TRUE(loaded.ok());
  const Result<LoadedConfig> again = LoadConfig({File(PrintConfig(*loaded)), {}, {}});
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  for (const Setting& setting : Settings()) {
    EXPECT_EQ(setting.show(again->config), setting.show(loaded->config)) << setting.name;
  }
}

TEST_F(ConfigTest, Secrets_AreNeverShown) {
  const Result<LoadedConfig> loaded =
      LoadConfig({File("storage.cassandra.password = \"geheim\"\n"), {}, {}});
  ASSERT_TRUE(loaded.ok());
  const std::string printed = PrintConfig(*loaded);
  EXPECT_THAT(printed, HasSubstr("\n# storage.cassandra.password = \"********\"  # file "));
  EXPECT_THAT(printed, testing::Not(HasSubstr("geheim")));
  EXPECT_TRUE(LoadConfig({File(printed), {}, {}}).ok());
  EXPECT_EQ(ErrorOf({{}, {{"PARLEY_CACHE_REDIS_URLS", "geheim"}}, {}}),
            "PARLEY_CACHE_REDIS_URLS: cache.redis.urls must be a list of "
            "redis://:PASSWORD@HOST:PORT");
}

TEST_F(ConfigTest, NatsJoinsOnlyServersThatShareTheirData) {
  EXPECT_THAT(ErrorOf({File("bus.engine = \"nats\"\n"), {}, {}}),
              HasSubstr("set storage.engine to cassandra"));
  EXPECT_TRUE(
      LoadConfig({File("bus.engine = \"nats\"\nstorage.engine = \"cassandra\"\n"), {}, {}}).ok());
  EXPECT_THAT(ErrorOf({File("bus.heartbeat_ms = 2_000\n"), {}, {}}),
              HasSubstr("bus.silence_ms (3500) must be at least twice bus.heartbeat_ms (2000)"));
}

TEST_F(ConfigTest, UnknownInTheFile_NamesLineAndNearest) {
  EXPECT_EQ(
      ErrorOf(
          {File("threads = 2\n\nlisten_on = \"x\"\n[acounts]\nregistration = \"open\"\n"), {}, {}}),
      "parley.toml:3: there is no setting listen_on; did you mean listen?\n"
      "parley.toml:5: there is no setting acounts.registration; "
      "did you mean accounts.registration?");
}

TEST_F(ConfigTest, WrongTypeOrRange_SaysWhatIsAccepted) {
  EXPECT_EQ(ErrorOf({File("threads = \"2\"\n"), {}, {}}),
            "parley.toml:1: threads must be an integer from 0 to 256, not \"2\"");
  EXPECT_EQ(ErrorOf({File("[limits]\nenabled = 0\ngroup_members = 1.5\n"), {}, {}}),
            "parley.toml:2: limits.enabled must be true or false, not 0\n"
            "parley.toml:3: limits.group_members must be an integer from 2 to 100000");
  EXPECT_EQ(ErrorOf({File("server.trusted_proxies = [\"10.0.0.0/8\", \"x\"]\n"), {}, {}}),
            "parley.toml:1: server.trusted_proxies must be a list of addresses and networks, such "
            "as 10.0.0.0/8, not [\"10.0.0.0/8\", \"x\"]");
  EXPECT_EQ(ErrorOf({{}, {{"PARLEY_LISTEN", "8080"}}, {{"log.level", "loud", "--set"}}}),
            "PARLEY_LISTEN: listen must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, not "
            "\"8080\"\n"
            "--set: log.level must be debug, info, warning or error, not \"loud\"");
}

TEST_F(ConfigTest, UnknownFlag_NamesTheNearest) {
  EXPECT_EQ(ErrorOf({{}, {}, {{"log.levle", "info", "--set"}}}),
            "--set: there is no setting log.levle; did you mean log.level?");
}

TEST_F(ConfigTest, NotToml_NamesTheLine) {
  EXPECT_THAT(ErrorOf({File("threads = 2\nlisten = \n"), {}, {}}),
              HasSubstr("parley.toml:2: this is not TOML"));
  EXPECT_THAT(ErrorOf({File("threads = 1\nthreads = 2\n"), {}, {}}), HasSubstr("parley.toml:"));
}

TEST_F(ConfigTest, NoSuchFile_IsAnError) {
  EXPECT_EQ(ErrorOf({root_ + "/none.toml", {}, {}}), "none.toml: cannot be read");
  std::filesystem::create_directory(root_ + "/folder");
  EXPECT_EQ(ErrorOf({root_ + "/folder", {}, {}}), "folder: cannot be read");
}

TEST_F(ConfigTest, UnknownVariable_Warns) {
  const Result<LoadedConfig> loaded = LoadConfig({{},
                                                  {{"PARLEY_ACOUNTS_REGISTRATION", "closed"},
                                                   {"PARLEY_HOME", "x"},
                                                   {"PARLE", "x"},
                                                   {"PATH", "x"}},
                                                  {}});
  ASSERT_TRUE(loaded.ok());
  EXPECT_THAT(loaded->warnings,
              ElementsAre("PARLEY_ACOUNTS_REGISTRATION is no setting; did you mean "
                          "PARLEY_ACCOUNTS_REGISTRATION?"));
}

TEST_F(ConfigTest, OutboxBelowAFrame_IsAnError) {
  EXPECT_THAT(ErrorOf({{}, {{"PARLEY_LIMITS_FRAME_BYTES", "2097152"}}, {}}),
              HasSubstr("server.outbox_bytes (1048576) must be at least limits.frame_bytes"));
}

TEST_F(ConfigTest, ProcessEnvironment_IsOurs) {
  ::setenv("PARLEY_TEST_VARIABLE", "a=b", 1);
  EXPECT_EQ(ProcessEnvironment().at("PARLEY_TEST_VARIABLE"), "a=b");
  ::unsetenv("PARLEY_TEST_VARIABLE");
  EXPECT_EQ(EnvironmentName("server.public_url"), "PARLEY_SERVER_PUBLIC_URL");
}

}  // namespace
}  // namespace parley::app
