#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/testing/session_fixture.h"

namespace parley::gateway {

/// One of several nodes: a chat backend and the sessions on it. Intervals are short.
class SessionNode {
 public:
  SessionNode(std::shared_ptr<chat::ChatWorld> world, std::size_t node)
      : SessionNode(world, node, world->bus()) {}
  /// Whose sessions hear of things over `bus`, which outlives it.
  SessionNode(std::shared_ptr<chat::ChatWorld> world, std::size_t node, bus::Bus& bus)
      : backend(std::move(world), node),
        sessions_(SessionEnvironment{.chat = backend.chat(),
                                     .accounts = accounts_,
                                     .bus = bus,
                                     .presence = presence_,
                                     .limits = Limits(),
                                     .catch_up = std::chrono::milliseconds(5),
                                     .follow_lasts = std::chrono::milliseconds(0)}) {}

  /// Connects and takes the `ready`.
  std::unique_ptr<TestClient> Connect(UserId user, Start start = Start::kLive) {
    parley::Session session;
    session.id = SessionId(user.uuid());
    session.user = user;
    std::ranges::copy(user.uuid().bytes(), session.token_hash.begin());
    session.created_at = session.last_used_at = backend.clock().Now();
    storage::AccountStore& accounts = backend.store().accounts();
    if (!backend.Run(accounts.FindSession(session.token_hash)).ok()) {
      EXPECT_TRUE(backend.Run(accounts.CreateSession(session)).ok());
    }
    auto client = std::make_unique<TestClient>(
        backend, sessions_, auth::Caller{session.user, session.id, session.token_hash}, start);
    EXPECT_TRUE(client->TakeReady());
    return client;
  }

  const GatewayStats& stats() const { return sessions_.stats(); }

  chat::ChatBackend backend;

 private:
  runtime::BlockingPool pool_{1, 16};
  auth::PasswordHasher hasher_{{.memory_kib = 8, .passes = 1}, pool_};
  SystemRandom random_;
  auth::AccountService accounts_{
      backend.store().accounts(), hasher_, backend.clock(), random_, {}, Limits()};
  bus::LocalPresence presence_{{&backend.shard()}, std::chrono::milliseconds(20)};
  Sessions sessions_;
};

}  // namespace parley::gateway
