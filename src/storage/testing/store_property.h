#pragma once

#include "storage/testing/store_contract.h"

namespace parley::storage {

/// Gives a store of this factory random operations (RapidCheck's: the shortest that fail are shown,
/// RC_PARAMS="seed=…" runs them again), and fails the test where it shows anything but what a plain
/// model of the interface says. A persistent store is closed and opened again now and then.
void CheckRandomOperations(StoreFactory& factory);

}  // namespace parley::storage
