#include "storage/cassandra/cassandra_store.h"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "storage/cassandra/account_stores.h"
#include "storage/cassandra/account_tables.h"
#include "storage/cassandra/cassandra_node_signs.h"
#include "storage/cassandra/conversations.h"
#include "storage/cassandra/log_tables.h"
#include "storage/cassandra/move_mark.h"

namespace parley::storage::cassandra {
namespace {

class CassandraStore final : public ClusterStore {
 public:
  CassandraStore(std::unique_ptr<Clock> clock, std::unique_ptr<Session> session,
                 std::unique_ptr<Conversations> conversations,
                 std::unique_ptr<AccountStores> accounts,
                 std::unique_ptr<CassandraNodeSigns> node_signs)
      : clock_(std::move(clock)),
        session_(std::move(session)),
        conversations_(std::move(conversations)),
        accounts_(std::move(accounts)),
        node_signs_(std::move(node_signs)) {}
  ~CassandraStore() override { Stop(); }
  CassandraStore(const CassandraStore&) = delete;
  CassandraStore& operator=(const CassandraStore&) = delete;

  ConversationStore& conversations() override { return *conversations_; }
  AccountStore& accounts() override { return accounts_->accounts(); }
  AdminStore& admin() override { return accounts_->admin(); }
  MetaStore& meta() override { return accounts_->meta(); }
  Session& session() override { return *session_; }
  NodeSigns& node_signs() override { return *node_signs_; }

  CommitStats commit_stats() const override { return conversations_->commit_stats(); }
  /// The disks are other machines'.
  std::uint64_t disk_bytes() const override { return 0; }
  Status health() const override { return session_->health(); }
  Status BackUp(const std::string& /*folder*/, const std::stop_token& /*stop*/) override {
    return Unavailable(
        "a cluster is copied by its own tools, node by node: nodetool snapshot (docs/cluster.md)");
  }

  void Stop() override {
    conversations_->Stop();
    session_->Stop();
  }

 private:
  // Both outlive the stores.
  const std::unique_ptr<Clock> clock_;
  const std::unique_ptr<Session> session_;
  const std::unique_ptr<Conversations> conversations_;
  const std::unique_ptr<AccountStores> accounts_;
  const std::unique_ptr<CassandraNodeSigns> node_signs_;
};

}  // namespace

Schema CurrentSchema() {
  Schema schema;
  for (const std::span<const std::string_view> tables :
       {LogTables(), AccountTables(), MoveTables(), CassandraNodeSigns::Tables()}) {
    schema.tables.insert(schema.tables.end(), tables.begin(), tables.end());
  }
  return schema;
}

Result<std::unique_ptr<ClusterStore>> Open(OpenOptions options) {
  auto own_clock = std::make_unique<SystemClock>();
  Clock& clock = options.clock == nullptr ? *own_clock : *options.clock;
  PARLEY_ASSIGN(std::unique_ptr<Session> session, Session::Connect(std::move(options.session)));
  PARLEY_TRY(OpenSchema(*session, CurrentSchema(), options.schema));
  PARLEY_TRY(CheckNotHalfMoved(*session));
  PARLEY_ASSIGN(std::unique_ptr<Conversations> conversations,
                Conversations::Open(*session, clock, {.max_batch_bytes = options.max_batch_bytes}));
  PARLEY_ASSIGN(std::unique_ptr<AccountStores> accounts, AccountStores::Open(*session, clock));
  PARLEY_ASSIGN(std::unique_ptr<CassandraNodeSigns> node_signs, CassandraNodeSigns::Open(*session));
  return std::unique_ptr<ClusterStore>(std::make_unique<CassandraStore>(
      std::move(own_clock), std::move(session), std::move(conversations), std::move(accounts),
      std::move(node_signs)));
}

}  // namespace parley::storage::cassandra
