#pragma once

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "auth/accounts.h"
#include "auth/administration.h"
#include "auth/invitations.h"
#include "auth/password_resets.h"
#include "auth/sign_up.h"
#include "base/clock.h"
#include "base/random.h"
#include "runtime/blocking_pool.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"

namespace parley::auth {

/// Accounts, invitations and administration over a store in memory, with a clock that is moved by
/// hand.
class AuthFixture : public testing::Test {
 protected:
  static constexpr char kPassword[] = "correct horse";

  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  Result<SignedIn> TryRegister(std::string username,
                               std::optional<std::string> invite = std::nullopt);
  SignedIn Register(std::string username) { return *TryRegister(std::move(username)); }
  /// Somebody who is an administrator.
  UserId RegisterAdmin(std::string username);
  Result<SignedIn> Login(std::string username, std::string password = kPassword) {
    return Run(accounts_.Login({std::move(username), std::move(password), "phone"}));
  }
  /// The token of a new invitation.
  std::string Invite(UserId by, InvitationRequest request = {}) {
    return Run(invitations_.Create(by, request))->token;
  }
  StatusCode SetRegistration(UserId admin, RegistrationMode mode) {
    return Run(administration_.SetRegistration(admin, mode)).code();
  }
  bool IsAlive(const std::string& token) { return Run(accounts_.Authenticate(token)).ok(); }
  std::vector<AuditItem> Audit() {
    return Run(administration_.ListAudit(std::nullopt, Limits::kPageMax))->items;
  }

  runtime::Shard shard_;
  runtime::BlockingPool pool_{1, 16};
  storage::memory::FakeStore store_;
  FakeClock clock_;
  FakeRandom random_;
  PasswordHasher hasher_{{.memory_kib = 8, .passes = 1}, pool_};
  InvitationService invitations_{store_, clock_, random_, InvitationMode::kEveryone,
                                 Limits{.invitations_per_person = 3}};
  SignUp sign_up_{store_, invitations_, clock_, RegistrationMode::kOpen};
  PasswordResets password_resets_{store_, hasher_, clock_, random_};
  Administration administration_{store_, sign_up_, clock_, random_, Limits()};
  AccountService accounts_{store_.accounts(), hasher_, clock_,   random_, {},
                           Limits(),          nullptr, &sign_up_};
};

}  // namespace parley::auth
