#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "metrics/histogram.h"
#include "runtime/task.h"

struct CqlBytes;
struct CqlResult;

namespace parley {
class Logger;
}

namespace parley::storage::cassandra {

/// One CQL value as its bytes on the wire; null without. value.h makes and reads them.
using Value = std::optional<std::string>;

/// How to reach the cluster, and what to bear.
struct SessionOptions {
  /// "host:port" each, of some nodes; the others are learned from them.
  std::vector<std::string> contact_points;
  /// Where quorums are formed; the driver asks no other. Empty: that of the first node reached.
  std::string datacenter;
  /// Takes the place of "{keyspace}" in statements. Made by OpenKeyspace (schema.h), not here.
  std::string keyspace = "parley";

  /// Without a user, none is presented.
  std::string user;
  std::string password;
  /// A PEM file of the authorities that may have signed the nodes' certificates. Empty: no TLS.
  std::string ca_file;
  /// A certificate of our own with its key, PEM files; where the nodes ask for one.
  std::string certificate_file;
  std::string key_file;

  std::size_t threads = 1;  ///< of the driver; callbacks run there
  std::chrono::milliseconds connect_timeout{5000};
  /// What every call may take, its waiting for a place included; conditional statements and serial
  /// reads have their own measure.
  std::chrono::milliseconds timeout{5000};
  std::chrono::milliseconds serial_timeout{10000};
  /// Requests under way at once; more wait for their turn, in order…
  std::size_t max_in_flight = 1024;
  /// …so many at most; what comes then is refused.
  std::size_t max_waiting = 16384;

  /// Told when the cluster begins to fail, and when it works again. Outlives the session.
  Logger* log = nullptr;
};

struct StatementOptions {
  /// Doing it twice is doing it once, whatever happened between: then the driver may try it again
  /// on another node. Never for conditional statements. Reads and blind writes with a timestamp.
  bool idempotent = false;
  /// A read that first settles conditional writes under way (LOCAL_SERIAL), and so sees all that
  /// were ever answered as applied.
  bool serial = false;
  /// Rows in one answer, Rows::next_page() leads on. 0: all at once, only where the partition or a
  /// LIMIT bounds them.
  int page_size = 0;
  /// 0: the session's.
  std::chrono::milliseconds timeout{0};
};

/// What became of the executions of one statement so far.
struct StatementStats {
  std::string name;
  std::string table;                     ///< without its keyspace
  bool reads = false;                    ///< a SELECT
  std::uint64_t executions = 0;          ///< every page, and every time that it was part of a batch
  std::uint64_t batches = 0;             ///< those that it was the first statement of
  std::uint64_t refused = 0;             ///< certainly not applied
  std::uint64_t unknown = 0;             ///< may have been applied
  metrics::Histogram::Snapshot seconds;  ///< alone, or as the first of a batch
};

/// What a session does now, and has done.
struct SessionStats {
  std::size_t in_flight = 0;  ///< requests, those that wait for a place included
  std::size_t limit = 0;      ///< of in_flight; what comes beyond is refused
  std::vector<StatementStats> statements;
};

/// A statement, prepared. Belongs to its Session and lives as long. Any thread.
class Statement;

/// A statement with its values, one for each "?", in order.
struct Bound {
  const Statement* statement = nullptr;
  std::vector<Value> values;
};

/// `Bind(*statement, UuidValue(id), BigintValue(7))`, without copying the values.
template <class... Values>
Bound Bind(const Statement& statement, Values&&... values) {
  Bound bound{.statement = &statement, .values = {}};
  bound.values.reserve(sizeof...(values));
  (bound.values.emplace_back(std::forward<Values>(values)), ...);
  return bound;
}

/// One row of an answer; points into its Rows.
class Row {
 public:
  Row(const CqlBytes* cells, std::size_t count) : cells_(cells), count_(count) {}

  std::size_t size() const { return count_; }
  /// The bytes of a column, by its place in the SELECT; nothing where it is null, or is none.
  std::optional<std::string_view> operator[](std::size_t column) const;

 private:
  const CqlBytes* cells_;
  std::size_t count_;
};

/// What came back. Rows and cells point into it.
class Rows {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Row;

    Iterator(const Rows* rows, std::size_t index) : rows_(rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Rows* rows_;
    std::size_t index_;
  };

  /// No rows.
  Rows() = default;
  /// Takes over an answer of the driver.
  explicit Rows(CqlResult* result);

  std::size_t size() const { return columns_ == 0 ? 0 : cells_ / columns_; }
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t row) const;
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

  /// Of a conditional statement, or a batch with one: whether the condition held, and so all of it
  /// was written. Where it did not, row 0 has what is there: "[applied]", then the columns of the
  /// conditions (for a batch: the primary key before them), by their order in the table.
  bool applied() const;

  /// To be given to Execute for the rows that follow; empty: there are none.
  const std::string& next_page() const { return next_page_; }

  /// What the driver answered, for who asks it itself.
  const CqlResult* result() const { return result_.get(); }
  /// What the driver said of it; empty where it is no error.
  std::string_view error() const;

 private:
  struct Free {
    void operator()(CqlResult* result) const;
  };

  std::unique_ptr<CqlResult, Free> result_;
  std::size_t cells_ = 0;  // before first_, whose initializer sets it
  const CqlBytes* first_ = nullptr;
  std::size_t columns_ = 0;
  std::string next_page_;
};

/// A cluster, connected: LOCAL_QUORUM for reads and writes, LOCAL_SERIAL for conditions.
///
/// Statements write their tables as "{keyspace}.log": the session puts in its keyspace.
///
/// What may go wrong with a call, wherever it says no more:
/// - kUnavailable: certainly not applied (no quorum, too much waits, stopping).
/// - kUnknown: may have been applied or not, or be so yet (a time-out, a broken connection). Only
///   reading (serially, where it was conditional) tells. Never tried again by the session unless
///   the statement is idempotent. Of a read, a time-out is kUnavailable.
/// - kInternal: the cluster does not understand the statement: a bug, or another schema. Certainly
///   not applied.
/// The messages are for the person who asked; what the driver said is in health() and in the log.
/// Each call ends within its timeout.
///
/// Any thread, but for what says otherwise. Outlives every call's coroutine.
class Session {
 public:
  using Done = UniqueFunction<void(Result<Rows>)>;
  using AllDone = UniqueFunction<void(Result<std::vector<Rows>>)>;

  /// Blocks, at most three times the connect timeout; from no shard. kUnavailable: nobody there
  /// (yet); kPermissionDenied: credentials or certificate refused; kInvalidArgument: an option that
  /// cannot be, with what is wrong.
  static Result<std::unique_ptr<Session>> Connect(SessionOptions options);
  virtual ~Session() = default;

  /// `name` stands for it in metrics and errors. Blocks; from no shard; at start, since
  /// statements are kept. kUnavailable: try again; kPermissionDenied: not for this user; kInternal:
  /// not understood, with why.
  virtual Result<const Statement*> Prepare(std::string name, std::string cql,
                                           StatementOptions options = {}) = 0;
  /// One statement that changes the schema, or one without values. Blocks, until all nodes agree on
  /// the schema, at most kRunTimeout; from no shard. Errors as of Prepare, or kUnknown.
  virtual Result<Rows> Run(std::string cql) = 0;

  /// Blocks until all nodes that are there have the same schema: what another server has made is
  /// known everywhere then. At most kRunTimeout; kUnavailable.
  virtual Status AwaitSchema() = 0;

  /// Await on a shard; resumes there.
  virtual runtime::Task<Result<Rows>> Execute(Bound bound, std::string page = {}) = 0;
  /// One unlogged batch, all of one partition; applied as a whole or not at all. Conditional if one
  /// of the statements is.
  virtual runtime::Task<Result<Rows>> ExecuteBatch(std::vector<Bound> bounds) = 0;
  /// Each for itself, some at the same time (kWidth); answers in the order of `bounds`. After the
  /// first error no more are started, and that error is the answer: others may have been applied.
  virtual runtime::Task<Result<std::vector<Rows>>> ExecuteAll(std::vector<Bound> bounds) = 0;

  /// The same for who is on no shard. `done` is called exactly once, on a thread of the driver or
  /// within the call, and must only hand over.
  virtual void Execute(Bound bound, std::string page, Done done) = 0;
  virtual void ExecuteBatch(std::vector<Bound> bounds, Done done) = 0;
  virtual void ExecuteAll(std::vector<Bound> bounds, AllDone done) = 0;

  virtual SessionStats stats() const = 0;
  /// Whether the cluster takes our requests, by how the last ones went; if not, kUnavailable with
  /// the last error. Asks nobody.
  virtual Status health() const = 0;
  virtual const SessionOptions& options() const = 0;

  /// Refuses new calls, and those that wait for a place; waits for what is under way (each call has
  /// its timeout). Idempotent; from no shard.
  virtual void Stop() = 0;

  /// Of ExecuteAll.
  static constexpr std::size_t kWidth = 32;
  /// Changes of the schema take their time on a busy cluster.
  static constexpr std::chrono::seconds kRunTimeout{60};
};

}  // namespace parley::storage::cassandra
