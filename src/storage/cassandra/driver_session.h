#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/cassandra/driver/cql.h"
#include "storage/cassandra/health.h"
#include "storage/cassandra/session.h"
#include "storage/cassandra/statement.h"

namespace parley::storage::cassandra {

/// The session over the driver of driver/cql.h. Each call is one struct on the heap that the driver
/// carries to its end; its threads do no more than translate the answer and hand it over.
class DriverSession final : public Session {
 public:
  /// Takes over `session`.
  DriverSession(SessionOptions options, CqlSession* session);
  ~DriverSession() override;
  DriverSession(const DriverSession&) = delete;
  DriverSession& operator=(const DriverSession&) = delete;

  Result<const Statement*> Prepare(std::string name, std::string cql,
                                   StatementOptions options) override;
  Result<Rows> Run(std::string cql) override;
  Status AwaitSchema() override;

  runtime::Task<Result<Rows>> Execute(Bound bound, std::string page) override;
  runtime::Task<Result<Rows>> ExecuteBatch(std::vector<Bound> bounds) override;
  runtime::Task<Result<std::vector<Rows>>> ExecuteAll(std::vector<Bound> bounds) override;
  void Execute(Bound bound, std::string page, Done done) override;
  void ExecuteBatch(std::vector<Bound> bounds, Done done) override;
  void ExecuteAll(std::vector<Bound> bounds, AllDone done) override;

  SessionStats stats() const override;
  Status health() const override;
  const SessionOptions& options() const override { return options_; }
  void Stop() override;

 private:
  struct Call;

  /// Counts a call in; null, and `done` told, if there are to be no more.
  std::unique_ptr<Call> Begin(const Statement& first, bool batch, Done done);
  /// The driver's callback; `context` is a Call.
  static void Ended(void* context, CqlResult* result);
  Result<Rows> Answer(const Call& call, Rows rows);
  /// After the call's own end: Stop may go on.
  void Leave();

  const SessionOptions options_;
  CqlSession* const session_;
  ClusterHealth health_;

  mutable std::mutex mutex_;
  std::condition_variable left_;
  // All guarded by mutex_.
  std::vector<std::unique_ptr<Statement>> statements_;
  std::size_t in_flight_ = 0;
  bool stopping_ = false;
};

}  // namespace parley::storage::cassandra
