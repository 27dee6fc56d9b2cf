#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "runtime/task.h"

namespace parley::storage {

/// That a node of a fleet was on the bus, by its own word.
struct NodeSign {
  Uuid node;              ///< as the bus calls it
  std::int64_t beat = 0;  ///< another one each time that it says so

  bool operator==(const NodeSign&) const = default;
};

/// What the nodes of a fleet leave in the store for those who no longer hear them on the bus. A
/// sign is forgotten after a minute.
class NodeSigns {
 public:
  virtual ~NodeSigns() = default;

  /// Errors as of every write of the store; what is not written now is with the next sign.
  virtual runtime::Task<Status> Give(NodeSign sign) = 0;
  /// The newest of each node, in no order.
  virtual runtime::Task<Result<std::vector<NodeSign>>> Read() = 0;
};

}  // namespace parley::storage
