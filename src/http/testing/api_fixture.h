#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "auth/accounts.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "bus/bus.h"
#include "chat/chat_service.h"
#include "gateway/session_factory.h"
#include "http/api_service.h"
#include "runtime/blocking_pool.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"

namespace parley::http {

/// Notes what is published.
class FakeBus : public bus::Bus {
 public:
  struct Publication {
    bus::EventPtr event;
    std::vector<UserId> recipients;
  };
  std::unique_ptr<bus::Subscription> Subscribe(UserId /*user*/, bus::Subscriber& /*to*/) override {
    return nullptr;
  }
  std::unique_ptr<bus::Subscription> Follow(ConversationId /*conversation*/,
                                            bus::Subscriber& /*to*/) override {
    return nullptr;
  }
  std::unique_ptr<bus::Subscription> OnGap(UniqueFunction<void()> /*gap*/) override {
    return nullptr;
  }
  bool MayLose() const override { return false; }
  runtime::Task<Status> Settle() override { co_return Status::Ok(); }
  void Publish(bus::EventPtr event, bus::Recipients recipients) override {
    publications.push_back({std::move(event), *recipients});
  }

  std::vector<Publication> publications;
};

/// Notes for whom sessions are asked; makes none.
class FakeSessionFactory : public gateway::SessionFactory {
 public:
  struct Made {
    std::optional<auth::Caller> caller;
    gateway::Start start;
    limits::ClientAddress client;
  };
  std::unique_ptr<gateway::SessionHandler> Make(runtime::Shard& /*shard*/,
                                                std::optional<auth::Caller> caller,
                                                gateway::Start start,
                                                limits::ClientAddress client) override {
    made.push_back({caller, start, client});
    return nullptr;
  }

  std::vector<Made> made;
};

/// The public port over a store in memory, asked without sockets.
class ApiFixture : public testing::Test {
 protected:
  using UpgradeAnswer = std::variant<net::HttpResponse, net::AcceptWebSocket>;

  struct Person {
    std::string token;
    std::string user_id;
    std::string session_id;
  };

  // To be set before the first request.
  ApiSettings settings;
  chat::ChatService* chat = nullptr;  ///< else one over `store` and `bus`, on `shard`
  limits::RateLimits* rates = nullptr;
  const WebAssets* web = nullptr;

  /// A request as a client on this machine sends it, to http://parley.test:8080.
  static net::HttpRequest Make(std::string method, std::string target, net::Headers headers = {},
                               std::string body = {});
  net::HttpResponse Send(net::HttpRequest request);
  /// Whose large body is read, or what the request gets instead.
  std::variant<net::HttpResponse, net::Sender> Admit(net::HttpRequest head);
  net::HttpResponse Get(std::string target, net::Headers headers = {});
  /// With the body as application/json.
  net::HttpResponse SendJson(std::string method, std::string target, std::string json,
                             net::Headers headers = {});
  UpgradeAnswer Upgrade(net::HttpRequest request);

  /// Makes the person an administrator.
  void MakeAdmin(const Person& person);
  /// Makes an account with the password "correct horse" and signs it in.
  Person Register(std::string_view username);
  static net::Headers Bearer(const Person& person);
  static net::Headers Cookie(const Person& person);

  static std::string Header(const net::HttpResponse& response, std::string_view name);
  /// The `code` of a problem, after checking that it is a whole one.
  static std::string Code(const net::HttpResponse& response);
  /// A value of the body: Field(response, "/user/id"). Strings as they are, others as JSON; empty
  /// where absent.
  static std::string Field(const net::HttpResponse& response, std::string_view pointer);

  ApiService& service();

  runtime::Shard shard;
  storage::memory::FakeStore store;
  FakeClock clock;
  SystemRandom random;
  FakeBus bus;
  FakeSessionFactory sessions;
  metrics::CounterSet errors{"code", ErrorCodes()};
  NullLogger log;
  runtime::BlockingPool pool{1, 16};
  auth::PasswordHasher hasher{{.memory_kib = 8, .passes = 1}, pool};
  auth::InvitationService invitations{store, clock, random, auth::InvitationMode::kEveryone,
                                      Limits{.invitations_per_person = 3}};
  auth::SignUp sign_up{store, invitations, clock, RegistrationMode::kOpen};
  auth::PasswordResets password_resets{store, hasher, clock, random};
  auth::Administration administration{store, sign_up, clock, random, Limits()};
  auth::AccountService accounts{store.accounts(), hasher,  clock,   random, {},
                                Limits(),         nullptr, &sign_up};
  metrics::ServerHistory history;

 private:
  std::unique_ptr<chat::ChatService> own_chat_;
  std::optional<ApiService> service_;
};

}  // namespace parley::http
