#pragma once

#include <memory>
#include <optional>

#include "gateway/session.h"
#include "gateway/session_factory.h"

namespace parley::gateway {

/// Makes sessions over one environment, which must outlive it.
class Sessions : public SessionFactory {
 public:
  explicit Sessions(const SessionEnvironment& environment) : environment_(environment) {}

  std::unique_ptr<net::WebSocketHandler> Make(runtime::Shard& shard,
                                              std::optional<auth::Caller> caller, Start start,
                                              limits::ClientAddress client) override;

  /// Any thread.
  const SessionStats& stats() const { return stats_; }

 private:
  const SessionEnvironment environment_;
  SessionStats stats_;
};

}  // namespace parley::gateway
