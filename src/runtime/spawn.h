#pragma once

#include <exception>
#include <string_view>

#include "runtime/gate.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace parley::runtime {

/// Told of an exception that left a task: a bug. Set once at start-up, before any Spawn; the
/// default writes to standard error. Any thread.
using FailureReporter = void (*)(std::string_view task, std::exception_ptr failure);
void SetFailureReporter(FailureReporter reporter);

/// Starts `task` on `shard`, at once if that is the current one. The gate's pass keeps its owner
/// alive until the task has ended. `name` must outlive the task (a literal); reported when an
/// exception leaves it.
void Spawn(Shard& shard, std::string_view name, Gate::Pass pass, Task<void> task);
/// The same where whatever the task uses outlives the loop, or is owned by the task itself.
void Spawn(Shard& shard, std::string_view name, Task<void> task);

}  // namespace parley::runtime
