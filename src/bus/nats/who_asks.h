#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "bus/nats/presence_codec.h"
#include "runtime/completer.h"

namespace parley::bus {

/// The questions "who of these is connected?" that wait for other nodes. Each ends once: when all
/// nodes have answered about everybody, or when told to. Any thread.
class WhoAsks {
 public:
  using Answer = Result<std::vector<UserId>>;
  using Number = std::uint64_t;

  /// `nodes` are to answer about `people` people each. The number is never 0.
  Number Add(const std::vector<NodeId>& nodes, std::size_t people, runtime::Completer<Answer> done);
  void Hear(Number number, const HeldNews& news);
  /// Ends it with what is known, unless it has ended.
  void End(Number number);

 private:
  struct Question {
    std::map<NodeId, std::size_t> missing;  ///< about how many people a node has yet to answer
    std::set<UserId> connected;
    runtime::Completer<Answer> done;
  };

  std::mutex mutex_;
  Number last_ = 0;                       // this and the following guarded by mutex_
  std::map<Number, Question> questions_;  // each ends within the time to wait
};

}  // namespace parley::bus
