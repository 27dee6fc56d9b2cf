#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "storage/cassandra/session.h"

namespace parley::storage::cassandra {

/// Session::ExecuteAll: some statements, each for itself, Session::kWidth at the same time. Any
/// thread; keeps itself alive until its end.
class Fan : public std::enable_shared_from_this<Fan> {
 public:
  static void Start(Session& session, std::vector<Bound> bounds, Session::AllDone done);

  Fan(Session& session, std::vector<Bound> bounds, Session::AllDone done);

 private:
  /// Starts what may be under way now; ends the whole if there is nothing left.
  void Go();
  void Ended(std::size_t index, Result<Rows> rows);

  Session& session_;
  std::mutex mutex_;
  // All guarded by mutex_.
  std::vector<Bound> bounds_;
  std::vector<Rows> rows_;
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  Status error_;
  Session::AllDone done_;
};

}  // namespace parley::storage::cassandra
