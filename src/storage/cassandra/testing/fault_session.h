#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// What becomes of a call that is to fail.
enum class Fault {
  kRefused,         ///< not done, and said so
  kUnknownNotDone,  ///< a time-out: nothing was done
  kUnknownDone,     ///< a time-out: it was done
};

/// A session on which calls of a statement fail when told to; all else goes to the session beneath.
/// A batch has the name of its first statement. Any thread.
class FaultSession final : public Session {
 public:
  explicit FaultSession(Session& inner) : inner_(inner) {}

  /// The next call of the statement fails, or the one after `passes` that do not.
  void Fail(const std::string& statement, Fault fault, int passes = 0);
  /// How often a statement was sent, those that failed included.
  int sent(const std::string& statement) const;

  Result<const Statement*> Prepare(std::string name, std::string cql,
                                   StatementOptions options) override;
  Result<Rows> Run(std::string cql) override { return inner_.Run(std::move(cql)); }
  Status AwaitSchema() override { return inner_.AwaitSchema(); }
  runtime::Task<Result<Rows>> Execute(Bound bound, std::string page) override;
  runtime::Task<Result<Rows>> ExecuteBatch(std::vector<Bound> bounds) override;
  runtime::Task<Result<std::vector<Rows>>> ExecuteAll(std::vector<Bound> bounds) override;
  void Execute(Bound bound, std::string page, Done done) override;
  void ExecuteBatch(std::vector<Bound> bounds, Done done) override;
  void ExecuteAll(std::vector<Bound> bounds, AllDone done) override;
  SessionStats stats() const override { return inner_.stats(); }
  Status health() const override { return inner_.health(); }
  const SessionOptions& options() const override { return inner_.options(); }
  void Stop() override { inner_.Stop(); }

 private:
  std::optional<Fault> Take(const Bound& first);

  Session& inner_;
  mutable std::mutex mutex_;
  // Guarded by mutex_: what becomes of the next calls, the first of them first.
  std::map<std::string, std::deque<std::optional<Fault>>> faults_;
  std::map<std::string, int> sent_;  // guarded by mutex_
};

}  // namespace parley::storage::cassandra
