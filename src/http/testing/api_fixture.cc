#include "http/testing/api_fixture.h"

#include <utility>
#include <simdjson.h>

#include <fmt/core.h>

#include "http/text.h"

namespace parley::http {

ApiService& ApiFixture::service() {
  if (!service_) {
    if (chat == nullptr) {
      chat::ChatDependencies parts;
      parts.shards = {&shard};
      parts.store = &store;
      parts.bus = &bus;
      parts.clock = &clock;
      parts.random = &random;
      own_chat_ = std::make_unique<chat::ChatService>(std::move(parts));
      chat = own_chat_.get();
    }
    ApiDependencies dependencies;
    dependencies.accounts = &accounts;
    dependencies.sign_up = &sign_up;
    dependencies.invitations = &invitations;
    dependencies.password_resets = &password_resets;
    dependencies.administration = &administration;
    dependencies.history = &history;
    dependencies.chat = chat;
    dependencies.bus = &bus;
    dependencies.sessions = &sessions;
    dependencies.clock = &clock;
    dependencies.random = &random;
    dependencies.log = &log;
    dependencies.errors = &errors;
    dependencies.rates = rates;
    dependencies.web = web;
    service_.emplace(dependencies, settings);
  }
  return *service_;
}

net::HttpRequest ApiFixture::Make(std::string method, std::string target, net::Headers headers,
                                  std::string body) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.headers.emplace_back("Host", "parley.test:8080");
  request.body = std::move(body);
  request.peer_address = "127.0.0.1";
  return request;
}

net::HttpResponse ApiFixture::Send(net::HttpRequest request) {
  return runtime::RunTask(shard, service().Handle(std::move(request)));
}

std::variant<net::HttpResponse, net::Sender> ApiFixture::Admit(net::HttpRequest head) {
  return runtime::RunTask(shard, service().Admit(std::move(head)));
}

net::HttpResponse ApiFixture::Get(std::string target, net::Headers headers) {
  return Send(Make("GET", std::move(target), std::move(headers)));
}

net::HttpResponse ApiFixture::SendJson(std::string method, std::string target, std::string json,
                                       net::Headers headers) {
  headers.emplace_back("Content-Type", "application/json");
  return Send(Make(std::move(method), std::move(target), std::move(headers), std::move(json)));
}

ApiFixture::UpgradeAnswer ApiFixture::Upgrade(net::HttpRequest request) {
  return runtime::RunTask(shard, service().Upgrade(std::move(request), shard));
}

ApiFixture::Person ApiFixture::Register(std::string_view username) {
  const net::HttpResponse response =
      SendJson("POST", "/v1/accounts",
               fmt::format(R"({{"username":"{}","password":"correct horse"}})", username));
  EXPECT_EQ(response.status, 201) << response.body;
  return {Field(response, "/token"), Field(response, "/user/id"), Field(response, "/session/id")};
}

void ApiFixture::MakeAdmin(const Person& person) {
  storage::UserPatch patch;
  patch.admin = true;
  const UserId id = UserId::Parse(person.user_id).value_or(UserId());
  EXPECT_TRUE(runtime::RunTask(shard, store.accounts().UpdateUser(id, patch)).ok());
}

net::Headers ApiFixture::Bearer(const Person& person) {
  return {{"Authorization", "Bearer " + person.token}};
}

net::Headers ApiFixture::Cookie(const Person& person) {
  return {{"Cookie", "theme=dark; parley_session=" + person.token}};
}

std::string ApiFixture::Header(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return {};
}

std::string ApiFixture::Code(const net::HttpResponse& response) {
  EXPECT_EQ(Header(response, "Content-Type"), "application/problem+json");
  EXPECT_NE(Header(response, "X-Request-Id"), "");
  for (const std::string_view field : {"/type", "/title", "/detail"}) {
    EXPECT_NE(Field(response, field), "") << field;
  }
  return Field(response, "/code");
}

std::string ApiFixture::Field(const net::HttpResponse& response, std::string_view pointer) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  const auto document = parser.parse(response.body);
  if (document.error() || document.at_pointer(pointer).get(value)) return {};
  std::string_view text;
  return value.get(text) ? simdjson::minify(value) : std::string(text);
}

}  // namespace parley::http
