#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "storage/cassandra/account_tables.h"
#include "storage/cassandra/testing/test_cluster.h"

namespace parley::storage::cassandra {

/// A keyspace with the tables of AccountTables, for all tests of a program: making one takes
/// seconds. Dropped at its end.
class AccountKeyspace : public testing::Environment {
 public:
  void SetUp() override {
    Result<std::unique_ptr<TestKeyspace>> made = TestKeyspace::Create();
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    keyspace_ = *std::move(made);
    for (const std::string_view table : AccountTables()) {
      const Result<Rows> created = keyspace_->session().Run(std::string(table));
      ASSERT_TRUE(created.ok()) << created.status().ToString();
    }
  }
  void TearDown() override { keyspace_.reset(); }

  /// Null where there is no cluster.
  static Session* session() { return keyspace_ == nullptr ? nullptr : &keyspace_->session(); }
  /// Empties what was written since the last time.
  static Status Truncate() { return truncator_.Truncate(keyspace_->session()); }

 private:
  static inline std::unique_ptr<TestKeyspace> keyspace_;
  static inline Truncator truncator_;
};

}  // namespace parley::storage::cassandra
