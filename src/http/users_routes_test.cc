#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/api_fixture.h"

namespace parley::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class UsersRoutesTest : public ApiFixture {
 protected:
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
