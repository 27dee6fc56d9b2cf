#pragma once

#include <memory>

#include "model/limits.h"

namespace parley {

/// Limits that may change while the server runs. Copies are of one thing: what is set by one is
/// seen by all. Any thread; each limit changes by itself.
class LiveLimits {
 public:
  LiveLimits(
      const Limits& limits = Limits());  // NOLINT(google-explicit-constructor): they are some

  Limits Get() const;
  void Set(const Limits& limits);

 private:
  struct Values;

  std::shared_ptr<Values> values_;
};

}  // namespace parley
