// `parleyd admin grant NAME`: through the running server if there is one, else in the store itself.

#include <fmt/core.h>

#include "app/backup_runner.h"
#include "app/commands.h"
#include "app/control_commands.h"
#include "app/control_socket.h"
#include "app/data_dir.h"
#include "auth/administration.h"
#include "auth/invitations.h"
#include "auth/sign_up.h"
#include "base/clock.h"
#include "base/random.h"
#include "runtime/block_on.h"
#include "runtime/blocking_pool.h"
#include "storage/rocks/rocks_store.h"

namespace parley::app {
namespace {

Status GrantInStore(const Config& config, const std::string& folder, const std::string& username) {
  runtime::BlockingPool pool(1, 16);
  PARLEY_ASSIGN(const std::unique_ptr<storage::Store> store,
                storage::rocks::Open({.path = folder + "/store", .reads = pool}));
  SystemClock clock;
  SystemRandom random;
  auth::InvitationService invitations(*store, clock, random, config.accounts.invitations,
                                      config.limits);
  auth::SignUp sign_up(*store, invitations, clock, config.accounts.registration);
  auth::Administration administration(*store, sign_up, clock, random, config.limits);
  BackupRunner backups(*store);
  runtime::Shard shard;
  shard.Start();
  const Status granted = runtime::BlockOn(
      shard, RunControlCommand({&administration, &backups}, GrantCommand(username)));
  shard.Stop();
  store->Stop();
  return granted;
}

Status Grant(const Config& config, const std::string& username) {
  PARLEY_ASSIGN(const DataDir dir, OpenDataDir(config.data_dir));
  Status sent = SendControlCommand(dir.path + "/control.sock", GrantCommand(username));
  if (sent.code() != StatusCode::kUnavailable) return sent;
  return GrantInStore(config, dir.path, username);
}

}  // namespace

int RunAdminGrant(const Config& config, const std::string& username) {
  const Status granted = Grant(config, username);
  if (!granted.ok()) {
    fmt::print(stderr, "parleyd: cannot make {} an administrator: {}\n", username,
               granted.message());
    return 1;
  }
  fmt::print("{} is an administrator now\n", username);
  return 0;
}

}  // namespace parley::app
