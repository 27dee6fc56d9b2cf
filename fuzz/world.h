#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "auth/accounts.h"
#include "auth/administration.h"
#include "auth/invitations.h"
#include "auth/password_hasher.h"
#include "auth/password_resets.h"
#include "auth/sign_up.h"
#include "base/random.h"
#include "bus/local/local_presence.h"
#include "chat/testing/chat_backend.h"
#include "metrics/server_history.h"
#include "runtime/blocking_pool.h"

namespace parley::fuzz {

/// A small server in memory, the same in every run, so that ids and the token can stand in seeds:
/// ann and bob with a group that both are in (kShared) and one that ann is not in (kForeign), where
/// bob has said kSecret.
struct World {
  World();

  /// Ann's; nobody else's is known to the fuzzer.
  static constexpr std::string_view kToken = "pt_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE";
  /// What ann must never be shown.
  static constexpr std::string_view kSecret = "bob-alone-may-read-this";

  /// Whether `shown` tells ann what she may not know, and has not told herself in `input`.
  static bool Leaks(std::string_view shown, std::string_view input);

  chat::ChatBackend backend;
  SystemRandom random;
  runtime::BlockingPool pool{1, 64};
  auth::PasswordHasher hasher{{.memory_kib = 8, .passes = 1}, pool};
  auth::InvitationService invitations{backend.store(), backend.clock(), random,
                                      auth::InvitationMode::kEveryone,
                                      Limits{.invitations_per_person = 3}};
  auth::SignUp sign_up{backend.store(), invitations, backend.clock(), RegistrationMode::kOpen};
  auth::PasswordResets password_resets{backend.store(), hasher, backend.clock(), random};
  auth::Administration administration{backend.store(), sign_up, backend.clock(), random, Limits()};
  auth::AccountService accounts{
      backend.store().accounts(), hasher, backend.clock(), random, {}, Limits(), nullptr, &sign_up};
  metrics::ServerHistory history;
  bus::LocalPresence presence{{&backend.shard()}, std::chrono::milliseconds(0)};
  UserId ann = backend.Person("ann");
  UserId bob = backend.Person("bob");
  ConversationId shared;
  ConversationId foreign;

 private:
  ConversationId Group(UserId creator, UserId other, std::uint8_t number);
};

}  // namespace parley::fuzz
