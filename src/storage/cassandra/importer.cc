#include "storage/cassandra/importer.h"

#include <future>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "storage/cassandra/account_tables.h"
#include "storage/cassandra/cassandra_store.h"
#include "storage/cassandra/import_rows.h"
#include "storage/cassandra/import_statements.h"
#include "storage/cassandra/log_tables.h"
#include "storage/cassandra/read_back.h"
#include "storage/cassandra/schema.h"
#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

class CassandraImporter final : public Importer {
 public:
  explicit CassandraImporter(Session& session) : session_(session), read_back_(session) {}
  CassandraImporter(std::unique_ptr<Session> own)
      : own_(std::move(own)), session_(*own_), read_back_(*own_) {}
  ~CassandraImporter() override {
    if (own_ != nullptr) own_->Stop();
  }
  CassandraImporter(const CassandraImporter&) = delete;
  CassandraImporter& operator=(const CassandraImporter&) = delete;

  Status Prepare() {
    PARLEY_ASSIGN(statements_, ImportStatements::Prepare(session_));
    return read_back_.Prepare();
  }

  Result<std::optional<ImportState>> ReadState() override {
    PARLEY_ASSIGN(const Rows rows, Execute(Bind(*statements_.mark_read)));
    // A row without a source is one of `progress` alone: none that is begun.
    if (rows.empty() || !rows[0][0]) return std::optional<ImportState>();
    ImportState state;
    PARLEY_ASSIGN(const std::string_view source, ReadText(rows[0][0]));
    state.source = source;
    PARLEY_ASSIGN(state.finished, ReadBoolean(rows[0][1]));
    state.progress = rows[0][2].value_or("");
    return std::optional(std::move(state));
  }

  Status Begin(std::string source) override {
    PARLEY_TRY(CheckEmpty());
    const Result<Rows> begun = Execute(Bind(*statements_.mark_begin, TextValue(source)));
    if (!begun.ok()) return begun.status();
    if (!begun->applied()) {
      PARLEY_ASSIGN(const std::optional<ImportState> state, ReadState());
      if (!state || state->source != source) {
        return Conflict("another move into this keyspace has begun just now: let it finish");
      }
    }
    // Servers look for the mark when they start: one that did before it was there has written keys.
    Status empty = CheckEmpty();
    if (empty.code() == StatusCode::kConflict)
      PARLEY_TRY(Execute(Bind(*statements_.mark_remove)).status());
    return empty;
  }

  Status Write(RecordKind kind, const std::vector<Record>& records) override {
    PARLEY_ASSIGN(std::vector<PartitionWrite> writes, ImportWritesOf(statements_, kind, records));
    std::promise<Status> promise;
    std::future<Status> done = promise.get_future();
    WriteAll(session_, std::move(writes),
             [&promise](Status status) { promise.set_value(std::move(status)); });
    return done.get();
  }

  Status SaveProgress(std::string progress, std::uint64_t number) override {
    return Execute(Bind(*statements_.mark_progress, BigintValue(static_cast<std::int64_t>(number)),
                        BlobValue(std::move(progress))))
        .status();
  }

  Status Finish() override {
    const Result<Rows> finished = Execute(Bind(*statements_.mark_finish));
    if (!finished.ok()) return finished.status();
    if (finished->applied()) return Status::Ok();
    PARLEY_ASSIGN(const std::optional<ImportState> state, ReadState());
    if (state && state->finished) return Status::Ok();
    return Internal("the mark of the move is gone: has the keyspace been emptied meanwhile?");
  }

  Exporter& written() override { return read_back_; }

 private:
  Result<Rows> Execute(Bound bound) {
    std::promise<Result<Rows>> promise;
    std::future<Result<Rows>> answer = promise.get_future();
    session_.Execute(std::move(bound), {},
                     [&promise](Result<Rows> rows) { promise.set_value(std::move(rows)); });
    return answer.get();
  }

  Status CheckEmpty() {
    for (const std::span<const std::string_view> tables : {AccountTables(), LogTables()}) {
      for (const std::string_view create : tables) {
        const std::string_view table = TableOf(create);
        PARLEY_ASSIGN(const Rows rows,
                      session_.Run(fmt::format("SELECT * FROM {{keyspace}}.{} LIMIT 1", table)));
        if (!rows.empty()) return NotEmpty(table);
      }
    }
    return Status::Ok();
  }

  Status NotEmpty(std::string_view table) const {
    return Conflict(fmt::format(
        "the keyspace {0} is not empty (table {1}): data move into an empty one alone. Set "
        "storage.cassandra.keyspace to one that is new; or, if nothing in it is needed (a server "
        "that was only tried out leaves its keys), stop all its servers, DROP KEYSPACE {0}, and "
        "try again",
        session_.options().keyspace, table));
  }

  const std::unique_ptr<Session> own_;
  Session& session_;
  ImportStatements statements_;
  ReadBack read_back_;
};

}  // namespace

Result<std::unique_ptr<Importer>> MakeImporter(Session& session) {
  auto importer = std::make_unique<CassandraImporter>(session);
  PARLEY_TRY(importer->Prepare());
  return std::unique_ptr<Importer>(std::move(importer));
}

Result<std::unique_ptr<Importer>> OpenImporter(OpenOptions options) {
  PARLEY_ASSIGN(std::unique_ptr<Session> session, Session::Connect(std::move(options.session)));
  PARLEY_TRY(OpenSchema(*session, CurrentSchema(), options.schema));
  auto importer = std::make_unique<CassandraImporter>(std::move(session));
  PARLEY_TRY(importer->Prepare());
  return std::unique_ptr<Importer>(std::move(importer));
}

}  // namespace parley::storage::cassandra
