#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class UsersRoutesTest : public ApiFixture {
 protected:
  /// Ann and Bob share a conversation from here on.
  void Meet() {
    chat::CreateRequest request;
    request.member_ids = {*UserId::Parse(bob_.user_id)};
    const auto made =
        runtime::RunTask(shard, chat->Create(*UserId::Parse(ann_.user_id), std::move(request)));
    ASSERT_TRUE(made.ok()) << made.status().ToString();
  }
  void NoteActive(const Person& person) {
    ASSERT_TRUE(runtime::RunTask(shard, accounts.NoteActive(*UserId::Parse(person.user_id),
                                                            auth::ActivityNote::kNow))
                    .ok());
  }
  /// The profiles that were told.
  std::vector<FakeBus::Publication> Told() {
    while (shard.RunUntilIdle()) {
    }
    std::vector<FakeBus::Publication> told;
    for (const FakeBus::Publication& each : bus.publications) {
      if (each.event->kind == bus::Event::Kind::kMomentary) told.push_back(each);
    }
    return told;
  }

  net::HttpResponse AsAnn(std::string target) { return Get(std::move(target), Bearer(ann_)); }

  const Person ann_ = Register("ann");
  const Person bob_ = Register("bob");
};

TEST_F(UsersRoutesTest, Me_ShowsWhatIsOnesOwn) {
  const net::HttpResponse response = AsAnn("/v1/users/me");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Field(response, "/id"), ann_.user_id);
  EXPECT_THAT(response.body, HasSubstr("\"email\":null,\"admin\":false"));
}

TEST_F(UsersRoutesTest, UpdateMe_ChangesTheDisplayName) {
  const net::HttpResponse response =
      SendJson("PATCH", "/v1/users/me", R"({"display_name":"Ann Ö"})", Bearer(ann_));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Field(response, "/display_name"), "Ann Ö");
  EXPECT_EQ(Field(AsAnn("/v1/users/me"), "/display_name"), "Ann Ö");
  EXPECT_EQ(SendJson("PATCH", "/v1/users/me", R"({"display_name":" "})", Bearer(ann_)).status, 422);
  EXPECT_EQ(SendJson("PATCH", "/v1/users/me", R"({"username":"x"})", Bearer(ann_)).status, 422);
}

TEST_F(UsersRoutesTest, User_ShowsWhatAnybodyMaySee) {
  const net::HttpResponse response = AsAnn("/v1/users/" + bob_.user_id);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Field(response, "/username"), "bob");
  EXPECT_THAT(response.body, Not(HasSubstr("email")));
  EXPECT_THAT(response.body, Not(HasSubstr("last_active_at")));
}

TEST_F(UsersRoutesTest, LastActive_IsShownToThoseWhoShareAConversation) {
  NoteActive(bob_);
  const std::string at = std::to_string(ToMillis(clock.Now()));
  const std::string one = "/v1/users/" + bob_.user_id;
  const std::string list = "/v1/users?ids=" + bob_.user_id;
  EXPECT_EQ(Field(AsAnn(one), "/last_active_at"), "");
  EXPECT_EQ(Field(AsAnn(list), "/items/0/last_active_at"), "");
  EXPECT_EQ(Field(Get(one, Bearer(bob_)), "/last_active_at"), at) << "oneself";
  Meet();
  EXPECT_EQ(Field(AsAnn(one), "/last_active_at"), at);
  EXPECT_EQ(Field(AsAnn(list), "/items/0/last_active_at"), at);
  EXPECT_EQ(Field(AsAnn("/v1/users?query=bob"), "/items/0/last_active_at"), at);
  EXPECT_EQ(Field(Get("/v1/users/" + ann_.user_id, Bearer(bob_)), "/last_active_at"), "")
      << "she was never connected";
}

TEST_F(UsersRoutesTest, UpdateMe_IsTold_WhereSomethingVisibleChanged) {
  Meet();
  const auto rename = [&](const char* name) {
    const std::string body = std::string(R"({"display_name":")") + name + R"("})";
    EXPECT_EQ(SendJson("PATCH", "/v1/users/me", body, Bearer(ann_)).status, 200);
  };
  rename("ann");
  EXPECT_THAT(Told(), testing::IsEmpty()) << "the same name as before";
  rename("Ann");
  const auto told = Told();
  ASSERT_THAT(told, testing::SizeIs(1));
  EXPECT_THAT(told[0].recipients, testing::UnorderedElementsAre(*UserId::Parse(ann_.user_id),
                                                                *UserId::Parse(bob_.user_id)));
  EXPECT_THAT(std::string(told[0].event->frame.payload()), HasSubstr(R"("display_name":"Ann")"));
}

TEST_F(UsersRoutesTest, User_Unknown_Is404) {
  for (const char* id : {"nonsense", "00000000-0000-7000-8000-000000000000", "%20"}) {
    const net::HttpResponse response = AsAnn(std::string("/v1/users/") + id);
    EXPECT_EQ(response.status, 404) << id;
    EXPECT_EQ(Code(response), "not_found");
  }
}

TEST_F(UsersRoutesTest, List_ByIds_InOrderWithoutThoseThatDoNotExist) {
  const net::HttpResponse response =
      AsAnn("/v1/users?ids=" + bob_.user_id + ",00000000-0000-7000-8000-000000000000," +
            ann_.user_id + "," + bob_.user_id);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Field(response, "/items/0/username"), "bob");
  EXPECT_EQ(Field(response, "/items/1/username"), "ann");
  EXPECT_EQ(Field(response, "/items/2/username"), "");
  EXPECT_THAT(response.body, HasSubstr("\"next_cursor\":null"));
}

TEST_F(UsersRoutesTest, List_ByTooManyOrWrongIds_Is422) {
  std::string ids;
  for (int i = 0; i < 101; ++i) ids += Uuid::Version7(clock.Now(), random).ToString() + ",";
  EXPECT_EQ(AsAnn("/v1/users?ids=" + ids).status, 422);
  const net::HttpResponse wrong = AsAnn("/v1/users?ids=" + bob_.user_id + ",x");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("\"field\":\"ids\""));
}

TEST_F(UsersRoutesTest, Search_ByPrefix) {
  const net::HttpResponse response = AsAnn("/v1/users?query=BO");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Field(response, "/items/0/username"), "bob");
  EXPECT_EQ(AsAnn("/v1/users?query=b").status, 422);
}

TEST_F(UsersRoutesTest, List_NeedsOneOfBoth) {
  EXPECT_EQ(AsAnn("/v1/users").status, 422);
  EXPECT_EQ(AsAnn("/v1/users?query=bo&ids=" + bob_.user_id).status, 422);
  EXPECT_EQ(AsAnn("/v1/users?query=bo&query=an").status, 422);
  EXPECT_EQ(AsAnn("/v1/users?query=bo&unknown=1").status, 200);
}

}  // namespace
}  // namespace parley::http
