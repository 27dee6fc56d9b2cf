#include "runtime/gate.h"

#include <cassert>
#include <utility>

namespace parley::runtime {

Gate::Pass::Pass(Gate* gate) : gate_(gate) {
  assert(!gate_->closed_ && "entered a closed gate");
  ++gate_->count_;
}

Gate::Pass::Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}

Gate::Pass::~Pass() {
  if (gate_ != nullptr) gate_->Leave();
}

Gate::~Gate() { assert(count_ == 0 && "destroyed with work under way"); }

void Gate::Close(UniqueFunction<void()> empty) {
  closed_ = true;
  empty_ = std::move(empty);
  if (count_ == 0 && empty_) std::exchange(empty_, nullptr)();
}

void Gate::Leave() {
  --count_;
  if (closed_ && count_ == 0 && empty_) std::exchange(empty_, nullptr)();
}

}  // namespace parley::runtime
