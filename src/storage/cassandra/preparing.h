#pragma once

#include <string>
#include <utility>

#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// Prepares one statement after the other, at a start; after the first that fails, none. Blocks, as
/// Session::Prepare does; from no shard. One thread.
class Preparing {
 public:
  explicit Preparing(Session& session) : session_(session) {}

  /// Null from the first failure on: look at status() before any is used.
  /// Without options it is one that may be repeated.
  const Statement* operator()(std::string name, std::string cql,
                              StatementOptions options = {.idempotent = true}) {
    if (!status_.ok()) return nullptr;
    const Result<const Statement*> statement =
        session_.Prepare(std::move(name), std::move(cql), options);
    status_ = statement.status();
    return statement.ok() ? *statement : nullptr;
  }
  /// Of the first that failed; OK while none has. Errors as of Session::Prepare.
  const Status& status() const { return status_; }

 private:
  Session& session_;
  Status status_;
};

}  // namespace parley::storage::cassandra
