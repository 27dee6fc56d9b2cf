#include "wire/requests.h"

#include <string>

#include <gtest/gtest.h>

#include "wire/testing/samples.h"

namespace parley::wire {
namespace {

using namespace std::string_literals;

const Limits kLimits;
const auto kFirst = samples::MakeId<UserId>("01");
const auto kSecond = samples::MakeId<UserId>("02");
const std::string kOne = kFirst.ToString();
const std::string kTwo = kSecond.ToString();

struct BadCase {
  std::string json;
  std::string field;  ///< that the first error names
};

/// Every case is an InvalidArgument about its field; and what is not JSON is malformed.
template <class Parse>
void ExpectBad(Parse parse, std::initializer_list<BadCase> cases) {
  for (const BadCase& bad : cases) {
    const Status status = parse(bad.json, kLimits).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << bad.json;
    ASSERT_FALSE(status.fields().empty()) << bad.json;
    EXPECT_EQ(status.fields()[0].field, bad.field) << bad.json;
  }
  for (const char* text : {"", "[]", "{", R"({"x":1,"x":2})"}) {
    EXPECT_EQ(parse(text, kLimits).status().code(), StatusCode::kMalformed) << text;
  }
}

TEST(ParseRegister, AllFields) {
  const auto request = ParseRegister(
      R"({"username":"Ann.B","password":"correct horse","display_name":"Ann B","email":"a@b.org",
          "invite":"code","device_name":"Phone","cookie":true})",
      kLimits);
  ASSERT_TRUE(request.ok()) << request.status().ToString();
  EXPECT_EQ(request->username, "ann.b");
  EXPECT_EQ(request->password, "correct horse");
  EXPECT_EQ(request->display_name, "Ann B");
  EXPECT_EQ(request->email, "a@b.org");
  EXPECT_EQ(request->invite, "code");
  EXPECT_EQ(request->device_name, "Phone");
  EXPECT_EQ(request->delivery, TokenDelivery::kCookie);
}

TEST(ParseRegister, RequiredFieldsAlone) {
  const auto request = ParseRegister(
      R"({"username":"ann","password":"12345678","display_name":null,"email":null})", kLimits);
  ASSERT_TRUE(request.ok()) << request.status().ToString();
  EXPECT_EQ(request->display_name, std::nullopt);
  EXPECT_EQ(request->email, std::nullopt);
  EXPECT_EQ(request->device_name, "");
  EXPECT_EQ(request->delivery, TokenDelivery::kBody);
}

TEST(ParseRegister, Bad) {
  const auto with = [](const std::string& fields) {
    return R"({"username":"ann","password":"12345678",)" + fields + "}";
  };
  ExpectBad(ParseRegister,
            {{"{}", "username"},
             {R"({"username":"ann"})", "password"},
             {R"({"password":"12345678"})", "username"},
             {R"({"username":5,"password":"12345678"})", "username"},
             {R"({"username":"a b","password":"12345678"})", "username"},
             {R"({"username":"ab","password":"12345678"})", "username"},
             {R"({"username":"ann\u0000","password":"12345678"})", "username"},
             {R"({"username":"ann","password":"1234567"})", "password"},
             {R"({"username":"ann","password":["x"]})", "password"},
             {R"({"username":"ann","password":")" + std::string(1'025, 'x') + "\"}", "password"},
             {with(R"("display_name":" ")"), "display_name"},
             {with(R"("display_name":{})"), "display_name"},
             {with("\"display_name\":\"" + std::string(101, 'x') + "\""), "display_name"},
             {with(R"("email":"nobody")"), "email"},
             {with(R"("email":5)"), "email"},
             {with(R"("invite":5)"), "invite"},
             {with(R"("device_name":"a\nb")"), "device_name"},
             {with(R"("cookie":"yes")"), "cookie"},
             {with(R"("cookie":1)"), "cookie"},
             {with(R"("nope":1)"), "nope"}});
}

TEST(ParseRegister, SeveralWrongFields_AreAllNamed) {
  const Status status =
      ParseRegister(R"({"username":"a b","password":"short","nope":1})", kLimits).status();
  ASSERT_EQ(status.fields().size(), 3U);
  EXPECT_EQ(status.fields()[1].field, "password");
  EXPECT_EQ(status.fields()[2].field, "nope");
}

TEST(ParseLogin, NameInLowerCase) {
  const auto request = ParseLogin(R"({"username":"ANN","password":"x","cookie":true})", kLimits);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->username, "ann");
  EXPECT_EQ(request->password, "x");
  EXPECT_EQ(request->delivery, TokenDelivery::kCookie);
}

TEST(ParseLogin, NameThatNobodyCanHave_IsNotAnErrorOfForm) {
  for (const char* name : {"", "a b", "\u00e9", "no@body"}) {
    const auto request = ParseLogin("{\"username\":\""s + name + "\",\"password\":\"\"}", kLimits);
    ASSERT_TRUE(request.ok()) << name;
    EXPECT_EQ(request->username, "") << name;
  }
}

TEST(ParseLogin, Bad) {
  ExpectBad(ParseLogin, {{R"({"username":"ann"})", "password"},
                         {R"({"password":"12345678"})", "username"},
                         {R"({"username":1,"password":"12345678"})", "username"},
                         {R"({"username":"ann","password":null})", "password"},
                         {R"({"username":"ann","password":"x","nope":1})", "nope"}});
}

TEST(ParseUpdateMe, NameOrNothing) {
  EXPECT_EQ(ParseUpdateMe(R"({"display_name":"Ann"})", kLimits)->display_name, "Ann");
  EXPECT_EQ(ParseUpdateMe(R"({"avatar_media_id":null})", kLimits)->display_name, std::nullopt);
  EXPECT_TRUE(ParseUpdateMe("{}", kLimits).ok());
}

TEST(ParseUpdateMe, Bad) {
  ExpectBad(ParseUpdateMe, {{R"({"display_name":""})", "display_name"},
                            {R"({"display_name":"a\u0000b"})", "display_name"},
                            {"{\"avatar_media_id\":\"" + kOne + "\"}", "avatar_media_id"},
                            {R"({"username":"bo"})", "username"}});
}

TEST(ParseChangePassword, OldIsNotChecked) {
  const auto request = ParseChangePassword(R"({"old":"x","new":"12345678"})", kLimits);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->old_password, "x");
  EXPECT_EQ(request->new_password, "12345678");
}

TEST(ParseChangePassword, Bad) {
  ExpectBad(ParseChangePassword, {{R"({"new":"12345678"})", "old"},
                                  {R"({"old":"12345678"})", "new"},
                                  {R"({"old":"12345678","new":"short"})", "new"},
                                  {R"({"old":5,"new":"12345678"})", "old"}});
}

TEST(ParseCreateConversation, Group) {
  const auto request = ParseCreateConversation(
      R"({"kind":"group","title":"Trip","history":"all","member_ids":[")" + kOne + "\",\"" + kTwo +
          "\",\"" + kOne + R"("],"client_id":")" + kTwo + "\"}",
      kLimits);
  ASSERT_TRUE(request.ok()) << request.status().ToString();
  EXPECT_EQ(request->kind, ConversationKind::kGroup);
  EXPECT_EQ(request->title, "Trip");
  EXPECT_EQ(request->history, HistoryPolicy::kAll);
  EXPECT_EQ(request->member_ids, (std::vector{kFirst, kSecond}));
  EXPECT_EQ(request->client_id, ClientId::Parse(kTwo));
}

TEST(ParseCreateConversation, GroupOfOneself) {
  const auto request = ParseCreateConversation(R"({"kind":"group","member_ids":[]})", kLimits);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->title, "");
  EXPECT_EQ(request->history, HistoryPolicy::kJoined);
  EXPECT_EQ(request->client_id, std::nullopt);
}

TEST(ParseCreateConversation, DirectNamingOneTwice) {
  const auto request = ParseCreateConversation(
      R"({"kind":"direct","member_ids":[")" + kOne + "\",\"" + kOne + "\"]}", kLimits);
  ASSERT_TRUE(request.ok()) << request.status().ToString();
  EXPECT_EQ(request->kind, ConversationKind::kDirect);
  EXPECT_EQ(request->member_ids.size(), 1U);
}

TEST(ParseCreateConversation, Bad) {
  const auto group = [](const std::string& fields) {
    return R"({"kind":"group","member_ids":[],)" + fields + "}";
  };
  const auto direct = [](const std::string& fields) {
    return R"({"kind":"direct","member_ids":[")" + kOne + "\"]" + fields + "}";
  };
  ExpectBad(
      ParseCreateConversation,
      {{R"({"member_ids":[]})", "kind"},
       {R"({"kind":"party","member_ids":[]})", "kind"},
       {R"({"kind":null,"member_ids":[]})", "kind"},
       {R"({"kind":"group"})", "member_ids"},
       {R"({"kind":"group","member_ids":"all"})", "member_ids"},
       {R"({"kind":"group","member_ids":[5]})", "member_ids"},
       {R"({"kind":"group","member_ids":["not-an-id"]})", "member_ids"},
       {group("\"title\":\"" + std::string(201, 'x') + "\""), "title"},
       {group(R"("title":5)"), "title"},
       {group(R"("title":"a\u0000b")"), "title"},
       {group(R"("history":"some")"), "history"},
       {group(R"("client_id":5)"), "client_id"},
       {group(R"("client_id":"first")"), "client_id"},
       {group(R"("nonsense":1)"), "nonsense"},
       {direct(R"(,"title":"Us")"), "title"},
       {direct(R"(,"history":"all")"), "history"},
       {R"({"kind":"direct","member_ids":[]})", "member_ids"},
       {R"({"kind":"direct","member_ids":[")" + kOne + "\",\"" + kTwo + "\"]}", "member_ids"}});
}

TEST(ParseCreateConversation, MoreMembersThanTheLimit_IsRefused) {
  Limits limits;
  limits.group_members = 1;
  const std::string json = R"({"kind":"group","member_ids":[")" + kOne + "\",\"" + kTwo + "\"]}";
  EXPECT_TRUE(ParseCreateConversation(json, kLimits).ok());
  EXPECT_EQ(ParseCreateConversation(json, limits).status().fields().at(0).field, "member_ids");
}

TEST(ParseUpdateConversation, EitherField) {
  EXPECT_EQ(ParseUpdateConversation(R"({"title":"New"})", kLimits)->title, "New");
  EXPECT_EQ(ParseUpdateConversation(R"({"title":""})", kLimits)->title, "");
  const auto request =
      ParseUpdateConversation(R"({"history":"joined","photo_media_id":null})", kLimits);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->title, std::nullopt);
  EXPECT_EQ(request->history, HistoryPolicy::kJoined);
}

TEST(ParseUpdateConversation, Bad) {
  ExpectBad(ParseUpdateConversation, {{"{}", "title"},
                                      {R"({"title":null})", "title"},
                                      {R"({"title":5})", "title"},
                                      {R"({"title":"two\nlines"})", "title"},
                                      {R"({"history":"none"})", "history"},
                                      {"{\"photo_media_id\":\"" + kOne + "\"}", "photo_media_id"},
                                      {R"({"title":"x","kind":"direct"})", "kind"}});
}

TEST(ParseAddMembers, EachOnceAndNoneIsFine) {
  const auto request = ParseAddMembers(
      R"({"user_ids":[")" + kTwo + "\",\"" + kOne + "\",\"" + kTwo + "\"]}", kLimits);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->user_ids, (std::vector{kSecond, kFirst}));
  EXPECT_TRUE(ParseAddMembers(R"({"user_ids":[]})", kLimits)->user_ids.empty());
}

TEST(ParseAddMembers, Bad) {
  ExpectBad(ParseAddMembers, {{"{}", "user_ids"},
                              {R"({"user_ids":5})", "user_ids"},
                              {R"({"user_ids":["x"]})", "user_ids"},
                              {R"({"user_ids":[],"role":"admin"})", "role"}});
}

TEST(ParseSetRole, EitherRole) {
  EXPECT_EQ(ParseSetRole(R"({"role":"admin"})", kLimits)->role, Role::kAdmin);
  EXPECT_EQ(ParseSetRole(R"({"role":"member"})", kLimits)->role, Role::kMember);
}

TEST(ParseSetRole, Bad) {
  ExpectBad(ParseSetRole,
            {{"{}", "role"}, {R"({"role":"owner"})", "role"}, {R"({"role":1})", "role"}});
}

TEST(ParseSend, TextIsKeptToTheByte) {
  const auto request = ParseSend(
      "{\"client_id\":\"" + kOne + R"(","text":" hi\n\ud83d\udc4d ","reply_to":7,"media_ids":[]})",
      kLimits);
  ASSERT_TRUE(request.ok()) << request.status().ToString();
  EXPECT_EQ(request->client_id, ClientId::Parse(kOne));
  EXPECT_EQ(request->text, " hi\n\U0001F44D ");
  EXPECT_EQ(request->reply_to, Seq(7));
}

TEST(ParseSend, Bad) {
  const auto with = [](const std::string& fields) {
    return "{\"client_id\":\"" + kOne + "\"," + fields + "}";
  };
  ExpectBad(ParseSend, {{R"({"text":"x"})", "client_id"},
                        {R"({"text":"x","client_id":"first"})", "client_id"},
                        {R"({"text":"x","client_id":""})", "client_id"},
                        {R"({"text":"x","client_id":5})", "client_id"},
                        {"{\"client_id\":\"" + kOne + "\"}", "text"},
                        {with(R"("text":null)"), "text"},
                        {with(R"("text":5)"), "text"},
                        {with(R"("text":"")"), "text"},
                        {with(R"("text":"\u00a0\u2003\u3000")"), "text"},
                        {with(R"("text":"a\u0000b")"), "text"},
                        {with("\"text\":\"" + std::string(20'001, 'x') + "\""), "text"},
                        {with(R"("text":"x","reply_to":0)"), "reply_to"},
                        {with(R"("text":"x","reply_to":"2")"), "reply_to"},
                        {with(R"("text":"x","reply_to":1.0)"), "reply_to"},
                        {with("\"text\":\"x\",\"media_ids\":[\"" + kTwo + "\"]"), "media_ids"},
                        {with(R"("text":"x","media_ids":"x")"), "media_ids"},
                        {with(R"("text":"x","sender_id":")" + kTwo + "\""), "sender_id"},
                        {with(R"("text":"x","seq":7)"), "seq"}});
}

TEST(ParseRead, SeqFromOne) {
  EXPECT_EQ(ParseRead(R"({"seq":1})", kLimits)->seq, Seq(1));
  EXPECT_EQ(ParseRead(R"({"seq":9007199254740991})", kLimits)->seq, Seq(9007199254740991));
}

TEST(ParseRead, Bad) {
  ExpectBad(ParseRead, {{"{}", "seq"},
                        {R"({"seq":0})", "seq"},
                        {R"({"seq":-1})", "seq"},
                        {R"({"seq":"1"})", "seq"},
                        {R"({"seq":1.5})", "seq"},
                        {R"({"seq":null})", "seq"},
                        {R"({"seq":9007199254740992})", "seq"},
                        {R"({"seq":1e400})", "seq"},
                        {R"({"seq":1,"nope":1})", "nope"}});
}

TEST(ParseClaimAdmin, Token) {
  EXPECT_EQ(ParseClaimAdmin(R"({"token":"t"})", kLimits)->token, "t");
  ExpectBad(ParseClaimAdmin, {{"{}", "token"}, {R"({"token":5})", "token"}});
}

}  // namespace
}  // namespace parley::wire
