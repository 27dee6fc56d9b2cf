#include "net/connection_table.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using std::chrono::milliseconds;

class FakeConnection : public Connection {
 public:
  explicit FakeConnection(ConnectionTable& table) : table_(table) {}

  void OnDeadline() override {
    ++expired;
    if (leaves) table_.Remove(*this);
  }
  void DrainAt(SteadyTime when) override { drained_at = when; }
  void Stop() override { table_.Remove(*this); }

  int expired = 0;
  bool leaves = false;
  SteadyTime drained_at{};

 private:
  ConnectionTable& table_;
};

class ConnectionTableTest : public ::testing::Test {
 protected:
  ConnectionTableTest() {
    for (int i = 0; i < 4; ++i) {
      connections_.push_back(std::make_unique<FakeConnection>(table_));
      table_.Add(*connections_.back(), start_ + milliseconds(i));
    }
  }

  const SteadyTime start_ = SteadyTime() + std::chrono::hours(1);
  ConnectionTable table_;
  std::vector<std::unique_ptr<FakeConnection>> connections_;
};

TEST_F(ConnectionTableTest, Sweep_CallsThoseThatAreDueOnce) {
  table_.Sweep(start_ + milliseconds(1));
  table_.Sweep(start_ + milliseconds(1));
  EXPECT_EQ(connections_[0]->expired, 1);
  EXPECT_EQ(connections_[1]->expired, 1);
  EXPECT_EQ(connections_[2]->expired, 0);
}

TEST_F(ConnectionTableTest, Sweep_ConnectionsLeave_OthersKeepTheirDeadlines) {
  for (const auto& connection : connections_) connection->leaves = true;
  table_.Sweep(start_ + milliseconds(1));
  EXPECT_EQ(table_.size(), 2U);
  table_.SetDeadline(*connections_[3], kNever);
  table_.Sweep(start_ + milliseconds(3));
  EXPECT_EQ(connections_[2]->expired, 1);
  EXPECT_EQ(connections_[3]->expired, 0);
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(ConnectionTableTest, Stop_EndsAll) {
  table_.Stop();
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(ConnectionTableTest, Drain_SpreadsEvenly) {
  table_.Drain(start_, milliseconds(400));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(connections_[static_cast<std::size_t>(3 - i)]->drained_at,
              start_ + milliseconds(100 * i));
  }
}

}  // namespace
}  // namespace parley::net
