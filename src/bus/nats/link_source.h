#pragma once

#include <memory>
#include <string>

#include "bus/nats/link.h"

namespace parley::bus {

/// Where the links of a test come from: servers in memory (the unit tests), or real ones (the
/// contract test).
class LinkSource {
 public:
  virtual ~LinkSource() = default;
  /// A link that is not started yet.
  virtual std::shared_ptr<Link> Make() = 0;
  /// Cuts the link off from the servers until it is restored.
  virtual void CutOff(const Link& link) = 0;
  virtual void Restore(const Link& link) = 0;

  /// Of the subjects of this test alone.
  const std::string& prefix() const { return prefix_; }

 private:
  std::string prefix_ = NewPrefix();

  static std::string NewPrefix();
};

std::shared_ptr<LinkSource> MakeLinkSource();

/// Starts the link, and waits until it is connected; fails the test otherwise.
void StartAndWait(Link& link);

}  // namespace parley::bus
