#include "client/api.h"

#include <deque>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/testing/samples.h"

namespace parley::client {
namespace {

/// Gives prepared answers, one after the other, and keeps what was asked.
class FakeHttpClient : public HttpClient {
 public:
  Result<HttpResponse> Do(const HttpRequest& request) override {
    requests.push_back(request);
    if (answers.empty()) return Unavailable("no answer is prepared");
    Result<HttpResponse> answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  void Answer(int status, std::string body) {
    answers.emplace_back(HttpResponse{status, std::move(body), {}});
  }

  std::deque<Result<HttpResponse>> answers;
  std::vector<HttpRequest> requests;
};

RetryDeadline In(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

OutgoingMessage Hello() {
  return {ConversationOf(kTeam), *ClientId::Parse(kOther), "say \"hi\"\n", Seq(4)};
}

TEST(Api, Problem_BecomesStatusWithFields) {
  FakeHttpClient http;
  http.Answer(
      422, R"({"code":"invalid","detail":"look","errors":[{"field":"text","detail":"is blank"}]})");
  const Status status = Api(http).Me().status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "look");
  EXPECT_EQ(status.fields(), (std::vector<FieldError>{{"text", "is blank"}}));
}

TEST(Api, StrangeAnswers_AreErrorsNotCrashes) {
  FakeHttpClient http;
  Api api(http);
  http.Answer(502, "<html>");
  EXPECT_EQ(api.Me().status().code(), StatusCode::kUnavailable);
  http.Answer(200, "<html>");
  EXPECT_EQ(api.Me().status().code(), StatusCode::kMalformed);
  http.Answer(200, R"({"id":5})");
  EXPECT_EQ(api.Me().status().code(), StatusCode::kMalformed);
  http.Answer(400, R"({"code":"invalid"})");
  EXPECT_EQ(api.Me().status().code(), StatusCode::kMalformed);
}

TEST(Api, Conversations_FollowsTheCursorUpToTheLimit) {
  FakeHttpClient http;
  http.Answer(200, R"({"items":[)" + ConversationJson(kTeam, 1) + R"(],"next_cursor":"a+b"})");
  http.Answer(200, R"({"items":[)" + ConversationJson(kOther, 1) + R"(],"next_cursor":null})");
  const auto all = Api(http).Conversations();
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->size(), 2U);
  EXPECT_EQ(http.requests[1].target, "/v1/conversations?limit=100&cursor=a%2Bb");
}

TEST(Api, Send_EncodesTheText) {
  FakeHttpClient http;
  http.Answer(201, MessageJson(kTeam, 5, kAnn, "x"));
  ASSERT_TRUE(Api(http).Send(Hello()).ok());
  EXPECT_EQ(http.requests[0].body,
            R"({"client_id":")" + kOther + R"(","text":"say \"hi\"\n","reply_to":4})");
}

TEST(Api, FindUser_TakesTheExactNameOnly) {
  FakeHttpClient http;
  http.Answer(200, R"({"items":[)" + UserJson(kAnn, "bob") + "," + UserJson(kBo, "bo1") + "]}");
  EXPECT_EQ(Api(http).FindUser("BO1")->id, *UserId::Parse(kBo));
  http.Answer(200, R"({"items":[)" + UserJson(kAnn, "bob") + "]}");
  EXPECT_EQ(Api(http).FindUser("bo").status().code(), StatusCode::kNotFound);
}

TEST(SendUntilAnswered, TriesTheSameAgain_UntilStored) {
  FakeHttpClient http;
  http.answers.emplace_back(Status(StatusCode::kUnknown, "cut"));
  http.Answer(503, "{}");
  http.Answer(200, MessageJson(kTeam, 5, kAnn, "x"));
  Api api(http);
  EXPECT_EQ(SendUntilAnswered(api, Hello(), In(std::chrono::seconds(10)))->seq, Seq(5));
  ASSERT_EQ(http.requests.size(), 3U);
  EXPECT_EQ(http.requests[0].body, http.requests[2].body);
}

TEST(SendUntilAnswered, RefusedForGood_IsNotTriedAgain) {
  FakeHttpClient http;
  http.Answer(404, R"({"code":"not_found"})");
  Api api(http);
  EXPECT_EQ(SendUntilAnswered(api, Hello(), In(std::chrono::seconds(10))).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(http.requests.size(), 1U);
}

TEST(SendUntilAnswered, Deadline_AnswersTheLastError) {
  FakeHttpClient http;
  Api api(http);
  EXPECT_EQ(SendUntilAnswered(api, Hello(), In(std::chrono::milliseconds(20))).status().code(),
            StatusCode::kUnavailable);
}

TEST(ServerUrl, Parse_AcceptsWhatPeopleType) {
  EXPECT_EQ(ParseServerUrl("http://localhost:8080/")->ToString(), "http://localhost:8080");
  EXPECT_EQ(ParseServerUrl("chat.example")->ToString(), "http://chat.example");
  EXPECT_EQ(ParseServerUrl("https://chat.example")->port, "443");
  EXPECT_EQ(ParseServerUrl("http://[::1]:80")->ToString(), "http://[::1]");
  for (const char* wrong : {"", "http://", "ftp://x", "http://x:0", "http://x:99999", "http://x:8o",
                            "http://x/y", "http://a@b", "http://[::1", "http://x y"}) {
    EXPECT_FALSE(ParseServerUrl(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace parley::client
