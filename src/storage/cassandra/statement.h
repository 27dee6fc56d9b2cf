#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "metrics/histogram.h"
#include "storage/cassandra/driver/cql.h"
#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// What the text of a statement says of it.
struct StatementFacts {
  std::string table;  ///< without its keyspace; empty where there is none
  bool reads = false;
  bool conditional = false;  ///< has an IF

  bool operator==(const StatementFacts&) const = default;
};

/// Of one of ours: a SELECT, INSERT, UPDATE or DELETE in upper case.
StatementFacts Describe(std::string_view cql);

/// `cql` with `keyspace` for every "{keyspace}".
std::string WithKeyspace(std::string_view cql, std::string_view keyspace);

enum class CallOutcome { kDone, kRefused, kUnknown };

/// A prepared statement of the driver, and what became of its executions. Any thread.
class Statement {
 public:
  /// Takes over `prepared`.
  Statement(std::string name, StatementFacts facts, std::chrono::milliseconds timeout,
            CqlStatement* prepared)
      : name_(std::move(name)), facts_(std::move(facts)), timeout_(timeout), prepared_(prepared) {}

  const std::string& name() const { return name_; }
  const StatementFacts& facts() const { return facts_; }
  std::chrono::milliseconds timeout() const { return timeout_; }
  const CqlStatement* prepared() const { return prepared_.get(); }

  /// One execution, alone or in a batch.
  void CountExecution() const { executions_.fetch_add(1, std::memory_order_relaxed); }
  /// The end of an execution, or of a batch (`batch`) that it was the first statement of.
  void CountEnd(CallOutcome outcome, std::chrono::nanoseconds duration, bool batch) const;
  StatementStats Read() const;

 private:
  struct Free {
    void operator()(CqlStatement* statement) const { cql_statement_free(statement); }
  };

  const std::string name_;
  const StatementFacts facts_;
  const std::chrono::milliseconds timeout_;
  const std::unique_ptr<CqlStatement, Free> prepared_;

  mutable std::atomic<std::uint64_t> executions_{0};
  mutable std::atomic<std::uint64_t> batches_{0};
  mutable std::atomic<std::uint64_t> refused_{0};
  mutable std::atomic<std::uint64_t> unknown_{0};
  mutable metrics::Histogram seconds_{metrics::Histogram::SecondsBounds()};
};

}  // namespace parley::storage::cassandra
