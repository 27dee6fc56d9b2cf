#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "bench/crew.h"

namespace parley::bench {

/// Threads of this process.
class ThreadCrew : public Crew {
 public:
  /// `options.threads` workers of the run, from the one of number `first` on.
  ThreadCrew(std::shared_ptr<SharedState> shared, const Options& options, const Plan& plan,
             const std::vector<Target>& targets, std::size_t first);
  ~ThreadCrew() override;

  void Start() override;
  void Join() override;
  RunState& state() override { return shared_->state; }
  Counts Count() const override;
  Findings Found() const override;

 private:
  class Worker;

  const std::shared_ptr<SharedState> shared_;
  const std::size_t first_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace parley::bench
