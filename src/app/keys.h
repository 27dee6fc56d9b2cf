#pragma once

#include "base/random.h"
#include "base/result.h"
#include "runtime/task.h"
#include "storage/meta_store.h"

namespace parley::app {

/// The keys of this installation. They are data: kept in the store, so that every node and every
/// backup has them.
struct InstallationKeys {
  storage::SecretKey fingerprints{};
  storage::SecretKey conversation_ids{};
  storage::SecretKey cursors{};
};

/// Reads the keys; makes them the first time.
runtime::Task<Result<InstallationKeys>> ReadKeys(storage::MetaStore* meta, Random* random);

}  // namespace parley::app
