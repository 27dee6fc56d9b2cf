#include "gateway/refusals.h"

namespace parley::gateway {

bool Refusals::Count(limits::SteadyTime now) {
  if (now - begin_ >= kWindow) {
    begin_ = now;
    count_ = 0;
  }
  return ++count_ < kMax;
}

}  // namespace parley::gateway
