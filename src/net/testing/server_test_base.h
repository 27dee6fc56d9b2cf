#pragma once

#include <array>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "net/server.h"
#include "net/testing/fake_service.h"
#include "net/testing/raw_client.h"
#include "runtime/shard.h"

namespace parley::net {

/// A running server on two shards with a FakeService behind it. Set `options_` before Start.
class ServerTestBase : public ::testing::Test {
 protected:
  ~ServerTestBase() override { Stop(); }

  void Start() {
    for (runtime::Shard& shard : shards_) shard.Start();
    server_ = std::make_unique<Server>(
        std::vector<runtime::Shard*>{shards_.data(), shards_.data() + 1}, options_, service_);
    const Status started = server_->Start();
    ASSERT_TRUE(started.ok()) << started.ToString();
  }
  void Stop() {
    if (server_) server_->Stop();
    server_.reset();
    for (runtime::Shard& shard : shards_) shard.Stop();
  }
  std::uint16_t port() const { return server_->port(); }

  std::array<runtime::Shard, 2> shards_;
  ServerOptions options_;
  FakeService service_;
  std::unique_ptr<Server> server_;
};

}  // namespace parley::net
