#pragma once

#include <absl/functional/any_invocable.h>

namespace parley {

/// A function object that may own what cannot be copied; libstdc++ 12 has no
/// std::move_only_function.
template <class Signature>
using UniqueFunction = absl::AnyInvocable<Signature>;

}  // namespace parley
