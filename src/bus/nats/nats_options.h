#pragma once

#include <memory>

#include <nats/nats.h>

#include "base/result.h"
#include "bus/nats/nats_link.h"

namespace parley::bus {

struct NatsOptionsDeleter {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
};
using NatsOptionsPtr = std::unique_ptr<natsOptions, NatsOptionsDeleter>;

/// What libnats tells of a connection, on threads of its own, each with `closure`.
struct NatsCallbacks {
  natsConnectionHandler disconnected = nullptr;
  natsConnectionHandler reconnected = nullptr;
  natsConnectionHandler closed = nullptr;
  natsErrHandler failed = nullptr;
  void* closure = nullptr;
};

/// Our options in libnats' form; kInvalidArgument says what is wrong with them.
Result<NatsOptionsPtr> MakeNatsOptions(const NatsLinkOptions& options,
                                       const NatsCallbacks& callbacks);

/// In words for the operator: what `status` means for a connection.
Status ConnectionFailure(natsStatus status);

}  // namespace parley::bus
