#pragma once

#include <string>

#include "storage/cassandra/account_statements.h"
#include "storage/meta_store.h"

namespace parley::storage::cassandra {

/// MetaStore on Cassandra.
class CassandraMeta : public MetaStore {
 public:
  explicit CassandraMeta(const AccountStatements& statements) : cql_(statements) {}

  runtime::Task<Result<SecretKey>> GetOrCreateKey(std::string name, SecretKey candidate) override;
  runtime::Task<Result<TimePoint>> ReadTime() override;
  runtime::Task<Status> WriteTime(TimePoint now) override;

 private:
  const AccountStatements& cql_;
};

}  // namespace parley::storage::cassandra
