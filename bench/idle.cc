#include <limits>

#include "bench/workload.h"

namespace parley::bench {
namespace {

/// Connections that answer pings and say nothing.
class IdleDriver : public Driver {
 public:
  IdleDriver(WorkerContext& context, const Options& options, const Plan& plan, std::size_t worker)
      : Driver(context, options, plan, worker) {
    resume_ = false;  // they hold nothing
  }

 private:
  std::int64_t Work(std::int64_t /*now_ns*/) override {
    return std::numeric_limits<std::int64_t>::max();
  }
};

}  // namespace

std::unique_ptr<Driver> MakeIdleDriver(WorkerContext& context, const Options& options,
                                       const Plan& plan, std::size_t worker) {
  return std::make_unique<IdleDriver>(context, options, plan, worker);
}

}  // namespace parley::bench
