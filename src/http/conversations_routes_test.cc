#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/local/local_bus.h"
#include "chat/chat_service.h"
#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::HasSubstr;

constexpr const char* kNobody = "00000000-0000-7000-8000-000000000000";

/// The calls of conversations, members and messages, with the chat role behind them.
class ConversationsRoutesTest : public ApiFixture {
 protected:
  ConversationsRoutesTest() {
    chat_shard_.Start();
    chat::ChatDependencies dependencies;
    dependencies.shards = {&chat_shard_};
    dependencies.store = &store;
    dependencies.bus = &chat_bus_;
    dependencies.clock = &clock;
    dependencies.random = &random;
    chat_ = std::make_unique<chat::ChatService>(std::move(dependencies));
    chat = chat_.get();
    ann_ = Register("ann");
    bob_ = Register("bob");
    eve_ = Register("eve");
  }
  ~ConversationsRoutesTest() override {
    chat_->Stop();
    store.Stop();
    chat_shard_.Stop();
  }

  net::HttpResponse As(const Person& person, std::string method, std::string target,
                       std::string json = {}) {
    return json.empty()
               ? Send(Make(std::move(method), std::move(target), Bearer(person)))
               : SendJson(std::move(method), std::move(target), std::move(json), Bearer(person));
  }
  /// A group of Ann, who is its admin, and Bob; answers its path.
  std::string MakeGroup() {
    const net::HttpResponse response =
        As(ann_, "POST", "/v1/conversations",
           fmt::format(R"({{"kind":"group","title":"Tea","member_ids":["{}"]}})", bob_.user_id));
    EXPECT_EQ(response.status, 201) << response.body;
    return "/v1/conversations/" + Field(response, "/id");
  }
  std::string NewId() { return Uuid::Version7(clock.Now(), random).ToString(); }
  net::HttpResponse SendText(const Person& person, const std::string& path, std::string_view text,
                             const std::string& client_id) {
    return As(person, "POST", path + "/messages",
              fmt::format(R"({{"client_id":"{}","text":"{}"}})", client_id, text));
  }

  Person ann_;
  Person bob_;
  Person eve_;

 private:
  runtime::Shard chat_shard_;
  bus::LocalBus chat_bus_{{&chat_shard_}};
  std::unique_ptr<chat::ChatService> chat_;
};

TEST_F(ConversationsRoutesTest, Create_DirectTwice_IsTheSameOne) {
  const std::string body = fmt::format(R"({{"kind":"direct","member_ids":["{}"]}})", bob_.user_id);
  const net::HttpResponse first = As(ann_, "POST", "/v1/conversations", body);
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(Field(first, "/kind"), "direct");
  const net::HttpResponse again = As(ann_, "POST", "/v1/conversations", body);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(Field(again, "/id"), Field(first, "/id"));
}

TEST_F(ConversationsRoutesTest, Create_Wrong) {
  const auto status = [&](const std::string& json) {
    return As(ann_, "POST", "/v1/conversations", json).status;
  };
  EXPECT_EQ(status(R"({"kind":"direct","member_ids":[]})"), 422);
  EXPECT_EQ(status(fmt::format(R"({{"kind":"direct","member_ids":["{}"]}})", ann_.user_id)), 422);
  EXPECT_EQ(status(fmt::format(R"({{"kind":"group","member_ids":["{}"]}})", kNobody)), 422);
  EXPECT_EQ(status(R"({"kind":"party","member_ids":[]})"), 422);
  EXPECT_EQ(status(R"({"kind":"group","member_ids":[],"colour":"red"})"), 422);
  EXPECT_EQ(status("{"), 400);
}

TEST_F(ConversationsRoutesTest, Get_List_Update) {
  const std::string path = MakeGroup();
  EXPECT_EQ(Field(As(bob_, "GET", path), "/title"), "Tea");
  EXPECT_EQ(Field(As(bob_, "GET", "/v1/conversations?limit=1"), "/items/0/title"), "Tea");
  const net::HttpResponse updated =
      As(ann_, "PATCH", path, R"({"title":"Coffee","history":"all"})");
  EXPECT_EQ(updated.status, 200) << updated.body;
  EXPECT_EQ(Field(updated, "/title"), "Coffee");
  EXPECT_EQ(Field(updated, "/history"), "all");
  EXPECT_EQ(As(bob_, "PATCH", path, R"({"title":"Milk"})").status, 403);
  EXPECT_EQ(As(ann_, "PATCH", path, "{}").status, 422);
}

TEST_F(ConversationsRoutesTest, Strangers_FindNothing) {
  const std::string path = MakeGroup();
  for (const auto& [verb, rest, body] :
       {std::tuple("GET", "", ""), std::tuple("GET", "/members", ""),
        std::tuple("GET", "/messages", ""), std::tuple("GET", "/changes?after=0", ""),
        std::tuple("PATCH", "", R"({"title":"x"})"),
        std::tuple("POST", "/members", R"({"user_ids":[]})"),
        std::tuple("PUT", "/read", R"({"seq":1})")}) {
    const net::HttpResponse response = As(eve_, verb, path + rest, body);
    EXPECT_EQ(response.status, 404) << verb << rest << response.body;
    EXPECT_EQ(Code(response), "not_found");
  }
  EXPECT_EQ(SendText(eve_, path, "hi", NewId()).status, 404);
  EXPECT_EQ(As(eve_, "DELETE", path + "/members/" + bob_.user_id).status, 404);
  EXPECT_EQ(As(ann_, "GET", "/v1/conversations/nonsense").status, 404);
  EXPECT_EQ(As(ann_, "GET", std::string("/v1/conversations/") + kNobody).status, 404);
}

TEST_F(ConversationsRoutesTest, List_ForgedCursor_Is422) {
  for (const char* query : {"cursor=forged", "cursor=", "limit=0", "limit=101", "limit=x"}) {
    const net::HttpResponse response = As(ann_, "GET", std::string("/v1/conversations?") + query);
    EXPECT_EQ(response.status, 422) << query;
    EXPECT_EQ(Code(response), "invalid");
  }
}

TEST_F(ConversationsRoutesTest, Members_AddSetRoleRemove) {
  const std::string path = MakeGroup();
  const net::HttpResponse added =
      As(ann_, "POST", path + "/members", fmt::format(R"({{"user_ids":["{}"]}})", eve_.user_id));
  EXPECT_EQ(added.status, 200) << added.body;
  EXPECT_EQ(Field(added, "/member_count"), "3");
  const net::HttpResponse list = As(eve_, "GET", path + "/members");
  EXPECT_EQ(Field(list, "/items/2/user/username"), "eve");
  EXPECT_EQ(Field(list, "/next_cursor"), "null");

  const net::HttpResponse promoted =
      As(ann_, "PATCH", path + "/members/" + bob_.user_id, R"({"role":"admin"})");
  EXPECT_EQ(promoted.status, 200) << promoted.body;
  EXPECT_EQ(Field(promoted, "/role"), "admin");
  EXPECT_EQ(As(ann_, "PATCH", path + "/members/nobody", R"({"role":"admin"})").status, 404);
  EXPECT_EQ(As(ann_, "PATCH", path + "/members/" + bob_.user_id, R"({"role":"king"})").status, 422);

  EXPECT_EQ(As(eve_, "DELETE", path + "/members/" + bob_.user_id).status, 403);
  EXPECT_EQ(As(bob_, "DELETE", path + "/members/" + eve_.user_id).status, 204);
  EXPECT_EQ(As(eve_, "GET", path).status, 404);
  EXPECT_EQ(As(ann_, "DELETE", path + "/members/" + eve_.user_id).status, 404);
}

TEST_F(ConversationsRoutesTest, Send_OnceHoweverOften) {
  const std::string path = MakeGroup();
  const std::string client_id = NewId();
  const net::HttpResponse first = SendText(ann_, path, "hello", client_id);
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(Field(first, "/seq"), "2");
  EXPECT_EQ(Field(first, "/text"), "hello");
  const net::HttpResponse again = SendText(ann_, path, "hello", client_id);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  const net::HttpResponse other = SendText(ann_, path, "goodbye", client_id);
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(Code(other), "conflict");
  EXPECT_EQ(SendText(ann_, path, " ", NewId()).status, 422);
  EXPECT_EQ(SendText(ann_, path, "hi", "nonsense").status, 422);
}

TEST_F(ConversationsRoutesTest, Messages_ByRange) {
  const std::string path = MakeGroup();
  for (const char* text : {"one", "two", "three"})
    EXPECT_EQ(SendText(ann_, path, text, NewId()).status, 201);
  const net::HttpResponse latest = As(bob_, "GET", path + "/messages?limit=2");
  EXPECT_EQ(Field(latest, "/items/0/text"), "two");
  EXPECT_EQ(Field(latest, "/items/1/text"), "three");
  EXPECT_EQ(Field(latest, "/has_more_before"), "true");
  EXPECT_EQ(Field(latest, "/last_seq"), "4");
  EXPECT_EQ(Field(As(bob_, "GET", path + "/messages?after=0&limit=1"), "/items/0/text"), "one");
  EXPECT_EQ(Field(As(bob_, "GET", path + "/messages?before=4&limit=1"), "/items/0/text"), "two");
  EXPECT_EQ(As(bob_, "GET", path + "/messages?around=3").status, 200);
  for (const char* query : {"before=3&after=1", "after=1&around=2", "before=x", "after=-1"}) {
    EXPECT_EQ(As(bob_, "GET", path + "/messages?" + query).status, 422) << query;
  }
}

TEST_F(ConversationsRoutesTest, Changes_NeedToKnowWhatTheClientHas) {
  const std::string path = MakeGroup();
  EXPECT_EQ(SendText(ann_, path, "one", NewId()).status, 201);
  const net::HttpResponse all = As(bob_, "GET", path + "/changes?after=0");
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(Field(all, "/items/0/created"), "true");
  EXPECT_EQ(Field(all, "/items/1/message/text"), "one");
  EXPECT_EQ(Field(all, "/reset"), "false");
  EXPECT_EQ(Field(As(bob_, "GET", path + "/changes?after=9"), "/reset"), "true");
  const net::HttpResponse missing = As(bob_, "GET", path + "/changes");
  EXPECT_EQ(missing.status, 422);
  EXPECT_THAT(missing.body, HasSubstr("\"field\":\"after\""));
}

TEST_F(ConversationsRoutesTest, Read_MovesForwardAndNotBeyondTheEnd) {
  const std::string path = MakeGroup();
  EXPECT_EQ(SendText(ann_, path, "one", NewId()).status, 201);
  EXPECT_EQ(Field(As(bob_, "GET", path), "/unread_count"), "1");
  EXPECT_EQ(As(bob_, "PUT", path + "/read", R"({"seq":2})").status, 204);
  EXPECT_EQ(As(bob_, "PUT", path + "/read", R"({"seq":1})").status, 204);
  EXPECT_EQ(Field(As(bob_, "GET", path), "/unread_count"), "0");
  EXPECT_EQ(Field(As(bob_, "GET", path), "/read_seq"), "2");
  EXPECT_EQ(As(bob_, "PUT", path + "/read", R"({"seq":3})").status, 422);
  EXPECT_EQ(As(bob_, "PUT", path + "/read", R"({"seq":0})").status, 422);
}

}  // namespace
}  // namespace parley::http
