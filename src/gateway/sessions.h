#pragma once

#include <memory>
#include <optional>

#include "gateway/session.h"
#include "gateway/session_factory.h"

namespace parley::gateway {

/// Makes sessions over one environment, which must outlive it.
class Sessions : public SessionFactory {
 public:
  explicit Sessions(const SessionEnvironment& environment) : environment_(environment) {
    environment_.stats = &stats_;
  }

  std::unique_ptr<SessionHandler> Make(runtime::Shard& shard, std::optional<auth::Caller> caller,
                                       Start start, limits::ClientAddress client) override;

  /// Any thread.
  const GatewayStats& stats() const { return stats_; }

 private:
  GatewayStats stats_;
  SessionEnvironment environment_;  // does not change any more
};

}  // namespace parley::gateway
