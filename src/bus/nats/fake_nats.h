#pragma once

#include <cstdint>
#include <memory>

#include "bus/nats/link.h"

namespace parley::bus {

/// A NATS server in memory, for tests of what is built on Link. One thread of its own hands every
/// message on, in the order of publishing.
class FakeNats {
 public:
  FakeNats();
  /// After the links.
  ~FakeNats();
  FakeNats(const FakeNats&) = delete;
  FakeNats& operator=(const FakeNats&) = delete;

  /// A link to this server; shut off until it is started.
  std::shared_ptr<Link> Connect();

  /// Nothing leaves or reaches the link until it is restored; then it tells of a loss.
  void CutOff(const Link& link);
  void Restore(const Link& link);

  /// Nothing is handed on, and nothing answered, until Thaw.
  void Freeze();
  void Thaw();

 private:
  class Server;
  class FakeLink;

  std::shared_ptr<Server> server_;
};

}  // namespace parley::bus
