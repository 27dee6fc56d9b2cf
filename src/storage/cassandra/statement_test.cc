#include "storage/cassandra/statement.h"

#include <gtest/gtest.h>

namespace parley::storage::cassandra {
namespace {

TEST(StatementTest, Describe_Select_ReadsItsTable) {
  EXPECT_EQ(Describe("SELECT head FROM parley.log WHERE conversation = ?"),
            (StatementFacts{.table = "log", .reads = true, .conditional = false}));
}

TEST(StatementTest, Describe_Writes_FindTheirTable) {
  EXPECT_EQ(Describe("INSERT INTO parley.sent (a, b) VALUES (?, ?) USING TTL 60"),
            (StatementFacts{.table = "sent", .reads = false, .conditional = false}));
  EXPECT_EQ(Describe("UPDATE members SET a = ? WHERE b = ?").table, "members");
  EXPECT_EQ(Describe("DELETE FROM parley.members USING TIMESTAMP ? WHERE b = ?").table, "members");
  EXPECT_EQ(Describe("DELETE title FROM parley.members WHERE b = ?").table, "members");
}

TEST(StatementTest, Describe_If_IsConditional) {
  EXPECT_TRUE(Describe("UPDATE parley.log SET head = ? WHERE c = ? IF head = ?").conditional);
  EXPECT_TRUE(Describe("INSERT INTO parley.keys (a) VALUES (?) IF NOT EXISTS").conditional);
  EXPECT_FALSE(Describe("UPDATE parley.log SET head = ? WHERE c = ?").conditional);
}

TEST(StatementTest, WithKeyspace_ReplacesEveryPlace) {
  EXPECT_EQ(WithKeyspace("SELECT a FROM {keyspace}.b", "parley"), "SELECT a FROM parley.b");
  EXPECT_EQ(WithKeyspace("{keyspace}{keyspace}", "p"), "pp");
  EXPECT_EQ(WithKeyspace("none {here}", "p"), "none {here}");
  EXPECT_EQ(WithKeyspace("", "p"), "");
}

}  // namespace
}  // namespace parley::storage::cassandra
