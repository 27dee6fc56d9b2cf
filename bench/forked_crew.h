#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>
#include <sys/types.h>

#include "bench/crew.h"

namespace parley::bench {

/// Other processes, forks of this one, each with threads and a share of the people. They end with
/// this object at the latest, and when this program is killed.
class ForkedCrew : public Crew {
 public:
  ForkedCrew(std::shared_ptr<SharedState> shared, const Options& options, const Plan& plan,
             const std::vector<Target>& targets)
      : shared_(std::move(shared)), options_(options), plan_(plan), targets_(targets) {}
  ~ForkedCrew() override;
  ForkedCrew(const ForkedCrew&) = delete;
  ForkedCrew& operator=(const ForkedCrew&) = delete;

  void Start() override;
  void Join() override;
  RunState& state() override { return shared_->state; }
  Counts Count() const override;
  double CpuElsewhereS() const override;
  Findings Found() const override { return found_; }

 private:
  struct Child {
    pid_t pid;
    int findings;  ///< where it writes what it has found, at its end
  };

  [[noreturn]] void Work(std::size_t number, int findings);

  const std::shared_ptr<SharedState> shared_;
  const Options& options_;
  const Plan& plan_;
  const std::vector<Target>& targets_;
  std::vector<Child> children_;
  double ended_cpu_s_ = 0;  // of children that have ended
  Findings found_;
};

}  // namespace parley::bench
