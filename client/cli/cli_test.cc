#include "client/cli/cli.h"

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/profile.h"
#include "client/cli/testing/captured_file.h"
#include "client/cli/testing/temporary_folder.h"
#include "client/json.h"
#include "client/testing/imposter.h"
#include "client/testing/samples.h"

namespace parley::client::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The whole program against an imposter, in a folder of its own.
class CliTest : public ::testing::Test {
 protected:
  struct Outcome {
    int code = -1;
    std::vector<std::string> out, err;
  };

  CliTest() {
    setenv("PARLEY_HOME", folder_.path().c_str(), 1);
    setenv("PARLEY_PASSWORD", "correct horse", 1);
    unsetenv("PARLEY_SERVER");
    unsetenv("PARLEY_PROFILE");
  }

  Outcome Run(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv = {"parley"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    const CapturedFile out;
    const CapturedFile err;
    Outcome outcome;
    outcome.code = Main(static_cast<int>(argv.size()), argv.data(), out.file(), err.file());
    outcome.out = out.Lines();
    outcome.err = err.Lines();
    return outcome;
  }

  void SignIn() const {
    ASSERT_TRUE(
        ProfileFile(folder_.path(), "default").Save({imposter_.url(), "secret", kAnn, "ann"}).ok());
  }

  Imposter::Reply Answer(const Imposter::Request& request) {
    if (request.method == "POST" && request.target == "/v1/sessions") {
      return {201, fmt::format(R"({{"user":{},"token":"secret","session":{{"id":"s"}}}})",
                               UserJson(kAnn, "ann"))};
    }
    if (request.target.starts_with("/v1/conversations?")) {
      return {200, fmt::format(R"({{"items":[{},{}],"next_cursor":null}})",
                               ConversationJson(kTeam, 7), ConversationJson(kOther, 3, "Other"))};
    }
    if (request.target.starts_with("/v1/conversations/" + kTeam + "/messages")) {
      if (request.method == "POST") {
        const auto body = JsonDocument::Parse(request.body);
        return {201, MessageJson(kTeam, 8, kAnn, std::string(body->root()["text"].Str()))};
      }
      return {200,
              fmt::format(
                  R"({{"items":[{}],"has_more_before":false,"has_more_after":false,"last_seq":7}})",
                  MessageJson(kTeam, 7, kBo, "hello"))};
    }
    if (request.method == "PUT") return {204, ""};
    return {404, R"({"code":"not_found","detail":"no such thing"})"};
  }

  std::string LastBody() const { return imposter_.requests().back().body; }

  const TemporaryFolder folder_;
  Imposter imposter_{[this](const Imposter::Request& request) { return Answer(request); }};
};

TEST_F(CliTest, CommandLine_NotUnderstood_Is2) {
  for (const std::vector<std::string>& line :
       std::vector<std::vector<std::string>>{{},
                                             {"fly"},
                                             {"send"},
                                             {"read", "x", "--limit", "0"},
                                             {"whoami", "extra"},
                                             {"--profile", "../x", "whoami"}}) {
    const Outcome outcome = Run(line);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, ElementsAre(HasSubstr("parley: ")));
  }
  EXPECT_THAT(Run({"fly", "--json"}).err,
              ElementsAre(HasSubstr(R"({"error":{"code":"usage","detail":")")));
}

TEST_F(CliTest, NotSignedIn_SaysWhatToDo) {
  const Outcome outcome = Run({"list"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, ElementsAre("parley: not signed in: run parley login NAME"));
  EXPECT_THAT(outcome.out, IsEmpty());
}

TEST_F(CliTest, Login_KeepsTheSession_AndNeverShowsTheToken) {
  const Outcome outcome = Run({"login", "ann", "--server", imposter_.url(), "--json"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out,
              ElementsAre(fmt::format(R"({{"user":{},"session":{{"id":"s"}},"server":"{}"}})",
                                      UserJson(kAnn, "ann"), imposter_.url())));
  EXPECT_EQ((*ProfileFile(folder_.path(), "default").Load())->token, "secret");
  EXPECT_THAT(LastBody(), HasSubstr(R"("password":"correct horse")"));
}

TEST_F(CliTest, AnotherServer_DoesNotGetTheToken) {
  SignIn();
  const Outcome outcome = Run({"whoami", "--server", "http://127.0.0.1:1", "--json"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, ElementsAre(HasSubstr(R"("code":"unauthenticated")")));
  EXPECT_THAT(imposter_.requests(), IsEmpty());
}

TEST_F(CliTest, Send_WordsThatAreCommandsToo_AreText) {
  SignIn();
  const Outcome outcome = Run({"send", "Team", "please", "read", "this", "list", "--json"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, ElementsAre(MessageJson(kTeam, 8, kAnn, "please read this list")));
}

TEST_F(CliTest, Send_ClientIdIsKept_AndMustBeOne) {
  SignIn();
  EXPECT_EQ(Run({"send", "Team", "hi", "--client-id", kOther}).code, 0);
  EXPECT_EQ(LastBody(), R"({"client_id":")" + kOther + R"(","text":"hi"})");
  EXPECT_EQ(Run({"send", "Team", "hi", "--client-id", "x"}).code, 1);
}

TEST_F(CliTest, Send_NotUtf8_IsRefusedHere) {
  SignIn();
  EXPECT_EQ(Run({"send", "Team", "\xFF"}).code, 1);
  EXPECT_THAT(imposter_.requests(), IsEmpty());
}

TEST_F(CliTest, Conversation_AmbiguousOrUnknown_IsSaid) {
  SignIn();
  const std::string shared = kTeam.substr(0, 10);
  const Outcome ambiguous = Run({"read", shared, "--json"});
  EXPECT_EQ(ambiguous.code, 1);
  EXPECT_THAT(ambiguous.err, ElementsAre(HasSubstr(R"("code":"conflict")")));
  EXPECT_THAT(ambiguous.err.front(), HasSubstr(kOther));
  EXPECT_THAT(Run({"read", "Nothing", "--json"}).err,
              ElementsAre(HasSubstr(R"("code":"not_found")")));
}

TEST_F(CliTest, Read_ShowsAndMarks_UnlessPeeking) {
  SignIn();
  EXPECT_THAT(Run({"read", "Team", "--peek"}).out, ElementsAre(HasSubstr("bo: hello")));
  EXPECT_NE(imposter_.requests().back().method, "PUT");
  EXPECT_THAT(Run({"read", "Team", "--json"}).out,
              ElementsAre(MessageJson(kTeam, 7, kBo, "hello")));
  EXPECT_EQ(LastBody(), R"({"seq":7})");
}

TEST_F(CliTest, List_OneObjectPerLine) {
  SignIn();
  EXPECT_THAT(Run({"--json", "list"}).out,
              ElementsAre(ConversationJson(kTeam, 7), ConversationJson(kOther, 3, "Other")));
}

TEST_F(CliTest, Logout_ForgetsEvenWhenTheServerRefuses) {
  SignIn();
  const Outcome outcome = Run({"logout", "--json"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, ElementsAre(R"({"signed_out":true})"));
  EXPECT_THAT(outcome.err, ElementsAre(HasSubstr(R"("event":"warning")")));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "default.json"));
}

}  // namespace
}  // namespace parley::client::cli
