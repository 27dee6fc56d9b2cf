#include "app/cli.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::app {
namespace {

using testing::HasSubstr;

CommandLine Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "parleyd");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

void ExpectWrong(std::vector<const char*> arguments, const std::string& says) {
  const CommandLine line = Parse(std::move(arguments));
  const auto* printed = std::get_if<PrintAndExit>(&line.command);
  ASSERT_NE(printed, nullptr);
  EXPECT_EQ(printed->exit_code, 2);
  EXPECT_THAT(printed->text, HasSubstr(says));
}

TEST(CommandLine, Serve_TakesFileAndFlags) {
  const CommandLine line =
      Parse({"serve", "--config", "p.toml", "--listen", "127.0.0.1:0", "--ops-listen=[::1]:0",
             "--data-dir", "d", "--set", "log.level=debug", "--set", "server.public_url="});
  EXPECT_TRUE(std::holds_alternative<ServeCommand>(line.command));
  EXPECT_EQ(line.sources.file, "p.toml");
  std::vector<std::string> flags;
  for (const FlagValue& flag : line.sources.flags) {
    flags.push_back(flag.flag + " " + flag.setting + " " + flag.value);
  }
  EXPECT_THAT(flags, testing::ElementsAre("--set log.level debug", "--set server.public_url ",
                                          "--data-dir data_dir d", "--listen listen 127.0.0.1:0",
                                          "--ops-listen ops_listen [::1]:0"));
}

TEST(CommandLine, Serve_Alone_SetsNothing) {
  const CommandLine line = Parse({"serve"});
  EXPECT_TRUE(std::holds_alternative<ServeCommand>(line.command));
  EXPECT_EQ(line.sources.file, "");
  EXPECT_TRUE(line.sources.flags.empty());
}

TEST(CommandLine, ConfigPrint_TakesTheSameFlags) {
  const CommandLine line = Parse({"config", "print", "--listen", ":1"});
  EXPECT_TRUE(std::holds_alternative<ConfigPrintCommand>(line.command));
  EXPECT_EQ(line.sources.flags.size(), 1U);
}

TEST(CommandLine, Doctor_TakesTheSameFlagsAndTheFormat) {
  const CommandLine text = Parse({"doctor", "--data-dir", "d"});
  EXPECT_EQ(std::get<DoctorCommand>(text.command).format, DoctorFormat::kText);
  EXPECT_EQ(text.sources.flags.size(), 1U);
  const CommandLine json = Parse({"doctor", "--json", "--config", "p.toml"});
  EXPECT_EQ(std::get<DoctorCommand>(json.command).format, DoctorFormat::kJson);
  EXPECT_EQ(json.sources.file, "p.toml");
}

TEST(CommandLine, Backup_TakesTheFolder) {
  const CommandLine line = Parse({"backup", "--data-dir", "d", "to"});
  EXPECT_EQ(std::get<BackupCommandLine>(line.command).folder, "to");
  EXPECT_EQ(line.sources.flags.size(), 1U);
  ExpectWrong({"backup"}, "FOLDER");
}

TEST(CommandLine, Migrate_TakesWhereFromAndTheTargetsConfiguration) {
  const CommandLine line = Parse(
      {"migrate", "--from", "data", "--to", "fleet.toml", "--set", "storage.cassandra.keyspace=k"});
  const auto* migrate = std::get_if<MigrateCommand>(&line.command);
  ASSERT_NE(migrate, nullptr);
  EXPECT_EQ(migrate->from, "data");
  EXPECT_EQ(line.sources.file, "fleet.toml");
  ASSERT_EQ(line.sources.flags.size(), 1U);
  EXPECT_EQ(line.sources.flags[0].setting, "storage.cassandra.keyspace");
  ExpectWrong({"migrate", "--from", "data"}, "--to");
  ExpectWrong({"migrate", "--to", "fleet.toml"}, "--from");
  ExpectWrong({"migrate", "--from", "d", "--to", "f", "--data-dir", "e"}, "--data-dir");
}

TEST(CommandLine, AdminGrant_TakesTheName) {
  const CommandLine line = Parse({"admin", "grant", "--set", "threads=1", "ann"});
  const auto* grant = std::get_if<AdminGrantCommand>(&line.command);
  ASSERT_NE(grant, nullptr);
  EXPECT_EQ(grant->username, "ann");
  EXPECT_EQ(line.sources.flags.size(), 1U);
}

TEST(CommandLine, HelpAndVersion_PrintAndLeaveWithZero) {
  for (const auto& [arguments, says] :
       std::vector<std::pair<std::vector<const char*>, std::string>>{
           {{"--version"}, "parleyd " PARLEY_VERSION},
           {{"--help"}, "serve"},
           {{"serve", "--help"}, "--ops-listen"},
           {{"migrate", "--help"}, "may be interrupted and run again"},
           {{"config", "print", "--help"}, "--set"}}) {
    const CommandLine line = Parse(arguments);
    const auto* printed = std::get_if<PrintAndExit>(&line.command);
    ASSERT_NE(printed, nullptr);
    EXPECT_EQ(printed->exit_code, 0);
    EXPECT_THAT(printed->text, HasSubstr(says));
  }
}

TEST(CommandLine, WrongUse_SaysWhy) {
  ExpectWrong({}, "serve");
  ExpectWrong({"srve"}, "srve");
  ExpectWrong({"config"}, "print");
  ExpectWrong({"config", "prnt"}, "prnt");
  ExpectWrong({"admin", "grant"}, "NAME");
  ExpectWrong({"serve", "--listne", "x"}, "--listne");
  ExpectWrong({"serve", "--listen"}, "--listen");
  ExpectWrong({"serve", "--set", "log.level"}, "NAME=VALUE");
  ExpectWrong({"serve", "--set", "=x"}, "NAME=VALUE");
}

}  // namespace
}  // namespace parley::app
