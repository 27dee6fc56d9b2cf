#pragma once

#include <type_traits>
#include <utility>

#include "runtime/blocking_pool.h"
#include "storage/rocks/database.h"

namespace parley::storage::rocks {

/// What `read(depth)` answers from memory, on the calling thread: going to another one and back
/// costs more than most reads. Where memory does not hold it all (or the read failed), what it
/// answers from the disk, on a thread of the pool. For reads that are small: a shard serves nobody
/// else meanwhile. The pool outlives the task.
template <class Read>
runtime::Task<std::invoke_result_t<Read&, Depth>> MemoryFirst(runtime::BlockingPool* pool,
                                                              Read read) {
  auto answer = read(Depth::kMemory);
  if (answer.status().code() != StatusCode::kUnavailable) co_return answer;
  co_return co_await pool->Run([read = std::move(read)]() mutable { return read(Depth::kDisk); });
}

/// The same where it is `quick`; at once on the pool where it is not.
template <class Read>
runtime::Task<std::invoke_result_t<Read&, Depth>> MemoryFirstIf(bool quick,
                                                                runtime::BlockingPool* pool,
                                                                Read read) {
  if (quick) return MemoryFirst(pool, std::move(read));
  return pool->Run([read = std::move(read)]() mutable { return read(Depth::kDisk); });
}

}  // namespace parley::storage::rocks
