#include "storage/cassandra/schema.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/uuid.h"
#include "storage/cassandra/schema_lock.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

constexpr std::string_view kKeyspaceDot = "{keyspace}.";
constexpr std::size_t kReplicas = 3;
constexpr std::string_view kLockedByAnother = "waiting for another server that changes the schema";
/// How often a server looks whether the other one is done.
constexpr std::chrono::milliseconds kPollEvery{500};

/// The keyspace and its tables, on their way to what they should be.
class SchemaOpening {
 public:
  SchemaOpening(Session& session, const Schema& schema, const SchemaOptions& options)
      : session_(session),
        schema_(schema),
        options_(options),
        keyspace_(session.options().keyspace),
        give_up_(std::chrono::steady_clock::now() + options.patience) {
    SystemRandom random;
    owner_ = Uuid::Version7(SystemClock().Now(), random);
  }

  /// Looks, and changes what has to be changed, until all is as it should be. Where many servers
  /// start at once, answers may not come in time: all that is done here may be done again.
  Status Open() {
    if (!IsKeyspaceName(keyspace_)) {
      return InvalidArgument(fmt::format(
          "\"{}\" cannot be the name of a keyspace: use a to z, 0 to 9 and _, at most 48, a letter "
          "first",
          keyspace_));
    }
    while (true) {
      const Result<bool> opened = TryOpen();
      if (opened.ok() && *opened) return {};
      const StatusCode code = opened.status().code();
      // Whoever gave up here would leave its lock behind: all would wait for its end.
      const bool may_pass = code == StatusCode::kUnknown || code == StatusCode::kUnavailable;
      if (!opened.ok() && !may_pass) return opened.status();
      if (!opened.ok()) TellThatItWaits(opened.status());
      PARLEY_TRY(AwaitNextTry(opened.ok() ? kLockedByAnother : opened.status().message()));
    }
  }

 private:
  /// False: another server is changing it.
  Result<bool> TryOpen() {
    if (state_ == nullptr) {
      PARLEY_TRY(MakeKeyspace());
      PARLEY_TRY(OpenState());
    }
    // Looked at each time: a lock may outlive the change that it was for, as its owner may.
    PARLEY_ASSIGN(const bool complete, IsComplete());
    if (complete) {
      // Another server may have made them just now: whoever is asked next is to know them too.
      PARLEY_TRY(session_.AwaitSchema());
      return true;
    }
    PARLEY_ASSIGN(const bool ours, state_->Lock(owner_));
    if (!ours) {
      if (!std::exchange(told_, true)) Tell(kLockedByAnother, keyspace_);
      return false;
    }
    const Status changed = ChangeUnderLock();
    state_->Unlock(owner_);
    PARLEY_TRY(changed);
    return true;
  }

  Status OpenState() {
    Result<SchemaState> state = SchemaState::Open(session_);
    if (state.ok()) {
      state_ = std::make_unique<SchemaState>(*std::move(state));
      return {};
    }
    // A busy node may use a table a moment after it says that it has it.
    if (state.status().code() != StatusCode::kInternal) return state.status();
    return {StatusCode::kUnknown, std::string(state.status().message())};
  }

  Status MakeKeyspace() {
    PARLEY_ASSIGN(const Rows found,
                  session_.Run(fmt::format("SELECT keyspace_name FROM system_schema.keyspaces "
                                           "WHERE keyspace_name = '{}'",
                                           keyspace_)));
    // Another server may have made it just now: the node that we ask next need not know it yet.
    if (!found.empty()) return session_.AwaitSchema();
    std::string replication = options_.replication;
    if (replication.empty()) {
      PARLEY_ASSIGN(replication, DefaultReplication());
    }
    Tell("making the keyspace", keyspace_);
    Status made = session_
                      .Run(fmt::format("CREATE KEYSPACE IF NOT EXISTS {} WITH replication = {}",
                                       keyspace_, replication))
                      .status();
    switch (made.code()) {
      case StatusCode::kInternal:
        return InvalidArgument(
            fmt::format("the keyspace cannot be made with the replication {}: {}", replication,
                        made.message()));
      case StatusCode::kPermissionDenied:
        return PermissionDenied(fmt::format(
            "the database user may not make the keyspace {}: make it beforehand, or grant CREATE "
            "ON ALL KEYSPACES ({})",
            keyspace_, made.message()));
      default:
        return made;
    }
  }

  /// Three replicas in the datacenter that we use; refused where there are not as many nodes, since
  /// then no write would find its quorum.
  Result<std::string> DefaultReplication() {
    PARLEY_ASSIGN(const Rows local, session_.Run("SELECT data_center FROM system.local"));
    PARLEY_ASSIGN(const Rows peers, session_.Run("SELECT data_center FROM system.peers_v2"));
    if (local.empty()) return Unavailable("the node that answers does not know itself yet");
    PARLEY_ASSIGN(const std::string_view datacenter, ReadText(local[0][0]));
    const auto nodes = 1 + static_cast<std::size_t>(std::count_if(
                               peers.begin(), peers.end(),
                               [&](const Row& peer) { return peer[0] == datacenter; }));
    if (nodes < kReplicas) {
      return InvalidArgument(fmt::format(
          "the datacenter {} has {} of the {} nodes that a keyspace with {} replicas needs. Add "
          "nodes; or, to try it out, set the replication to {{'class': 'NetworkTopologyStrategy', "
          "'{}': {}}}",
          datacenter, nodes, kReplicas, kReplicas, datacenter, nodes));
    }
    return fmt::format("{{'class': 'NetworkTopologyStrategy', '{}': {}}}", datacenter, kReplicas);
  }

  Result<std::set<std::string>> ReadTables() {
    PARLEY_ASSIGN(
        const Rows rows,
        session_.Run(fmt::format(
            "SELECT table_name FROM system_schema.tables WHERE keyspace_name = '{}'", keyspace_)));
    std::set<std::string> tables;
    for (const Row row : rows) tables.emplace(row[0].value_or(""));
    return tables;
  }

  Result<bool> IsComplete() {
    PARLEY_ASSIGN(const std::optional<std::int64_t> version, state_->ReadVersion());
    if (version && *version > schema_.version) {
      return InvalidArgument(fmt::format(
          "the keyspace {} was written by a newer version of Parley (schema {}, this one knows "
          "{}); it is left as it is. Start that version, or restore a backup made before",
          keyspace_, *version, schema_.version));
    }
    if (version != schema_.version) return false;
    // A keyspace that was dropped and made anew may bring its version with it: look at the tables.
    PARLEY_ASSIGN(const std::set<std::string> tables, ReadTables());
    return std::all_of(schema_.tables.begin(), schema_.tables.end(), [&](std::string_view create) {
      return tables.contains(std::string(TableOf(create)));
    });
  }

  /// kUnavailable, with `why`, where there is no next one: the server stops, or it took too long.
  Status AwaitNextTry(std::string_view why) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, options_.stop, kPollEvery, [] { return false; });
    if (options_.stop.stop_requested()) return Unavailable("given up: the server is stopping");
    if (std::chrono::steady_clock::now() < give_up_) return {};
    return Unavailable(
        fmt::format("the schema of {} is not as it should be after {} s: {}. Try again", keyspace_,
                    options_.patience.count() / 1000, why));
  }

  Status ChangeUnderLock() {
    // The one before us may have done it.
    PARLEY_ASSIGN(const bool complete, IsComplete());
    if (complete) return {};
    PARLEY_ASSIGN(const std::optional<std::int64_t> version, state_->ReadVersion());
    if (version) PARLEY_TRY(Migrate(*version));
    for (const std::string_view create : schema_.tables) {
      PARLEY_TRY(Change(create, "making the tables"));
    }
    if (!version) PARLEY_TRY(state_->WriteVersion(std::nullopt, schema_.version));
    Tell("the schema is complete", keyspace_);
    return {};
  }

  Status Migrate(std::int64_t version) {
    while (version < schema_.version) {
      const auto step =
          std::find_if(schema_.migrations.begin(), schema_.migrations.end(),
                       [&](const Migration& migration) { return migration.from == version; });
      if (step == schema_.migrations.end()) {
        return InvalidArgument(
            fmt::format("the keyspace {} has schema {}, from which there is no way to {}",
                        keyspace_, version, schema_.version));
      }
      Tell(step->what, keyspace_);
      for (const std::string_view statement : step->statements) {
        PARLEY_TRY(Change(statement, step->what));
      }
      PARLEY_TRY(state_->WriteVersion(version, version + 1));
      ++version;
    }
    return {};
  }

  /// One statement that changes the schema, while the lock is surely ours.
  Status Change(std::string_view statement, std::string_view what) {
    PARLEY_TRY(state_->Renew(owner_));
    Status changed = session_.Run(std::string(statement)).status();
    if (changed.ok()) return changed;
    return {changed.code(), fmt::format("{}: {}", what, changed.message())};
  }

  /// Once: with too few nodes up, no try succeeds for long.
  void TellThatItWaits(const Status& why) {
    if (options_.log == nullptr || std::exchange(told_of_waiting_, true)) return;
    options_.log->Warning("waits for Cassandra", {{"error", why.message()}});
  }

  void Tell(std::string_view message, std::string_view keyspace) {
    if (options_.log != nullptr) options_.log->Info(message, {{"keyspace", keyspace}});
  }

  Session& session_;
  const Schema& schema_;
  const SchemaOptions& options_;
  const std::string& keyspace_;
  Uuid owner_;
  std::chrono::steady_clock::time_point give_up_;
  std::unique_ptr<SchemaState> state_;  // once it is open
  bool told_ = false;                   // that another server is awaited
  bool told_of_waiting_ = false;        // that the database does not answer in time
};

}  // namespace

std::string_view TableOf(std::string_view create) {
  const std::size_t found = create.find(kKeyspaceDot);
  if (found == std::string_view::npos) return {};
  const std::string_view rest = create.substr(found + kKeyspaceDot.size());
  return rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"));
}

bool IsKeyspaceName(std::string_view name) {
  constexpr std::size_t kLongest = 48;  // Cassandra's own bound
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= kLongest && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(), fits);
}

Status OpenSchema(Session& session, const Schema& schema, const SchemaOptions& options) {
  return SchemaOpening(session, schema, options).Open();
}

}  // namespace parley::storage::cassandra
