#include "bench/crew.h"

#include <new>
#include <sys/mman.h>

#include "bench/forked_crew.h"
#include "bench/thread_crew.h"

namespace parley::bench {
namespace {

/// In memory that forks of this process share.
std::shared_ptr<SharedState> MapShared() {
  void* place =
      mmap(nullptr, sizeof(SharedState), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  return {new (place) SharedState, [](SharedState* shared) { munmap(shared, sizeof *shared); }};
}

}  // namespace

std::unique_ptr<Crew> MakeCrew(const Options& options, const Plan& plan,
                               const std::vector<Target>& targets) {
  if (options.processes > 1) {
    return std::make_unique<ForkedCrew>(MapShared(), options, plan, targets);
  }
  return std::make_unique<ThreadCrew>(std::make_shared<SharedState>(), options, plan, targets, 0);
}

}  // namespace parley::bench
