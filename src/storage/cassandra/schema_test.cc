#include "storage/cassandra/schema.h"

#include <string>

#include <gtest/gtest.h>

namespace parley::storage::cassandra {
namespace {

TEST(SchemaTest, TableOf_FindsTheName) {
  EXPECT_EQ(TableOf("CREATE TABLE IF NOT EXISTS {keyspace}.log_2 (a int PRIMARY KEY)"), "log_2");
  EXPECT_EQ(TableOf("CREATE TABLE {keyspace}.log(a int PRIMARY KEY)"), "log");
  EXPECT_EQ(TableOf("CREATE TABLE log (a int PRIMARY KEY)"), "");
}

TEST(SchemaTest, IsKeyspaceName_NeedsNoQuotes) {
  for (const char* name : {"parley", "p", "parley_2"}) EXPECT_TRUE(IsKeyspaceName(name)) << name;
  for (const std::string& name :
       {std::string(), std::string("2parley"), std::string("_p"), std::string("Parley"),
        std::string("a-b"), std::string("a'; DROP"), std::string(49, 'a')}) {
    EXPECT_FALSE(IsKeyspaceName(name)) << name;
  }
  EXPECT_TRUE(IsKeyspaceName(std::string(48, 'a')));
}

}  // namespace
}  // namespace parley::storage::cassandra
