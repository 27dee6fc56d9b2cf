#include "app/keys.h"

#include "auth/keyed_hash.h"

namespace parley::app {
namespace {

runtime::Task<Result<storage::SecretKey>> ReadKey(storage::MetaStore* meta, Random* random,
                                                  std::string_view name) {
  storage::SecretKey candidate;
  random->Fill(candidate);
  co_return co_await meta->GetOrCreateKey(std::string(name), candidate);
}

}  // namespace

runtime::Task<Result<InstallationKeys>> ReadKeys(storage::MetaStore* meta, Random* random) {
  InstallationKeys keys;
  PARLEY_CO_ASSIGN(keys.fingerprints, co_await ReadKey(meta, random, auth::kFingerprintKey));
  PARLEY_CO_ASSIGN(keys.conversation_ids, co_await ReadKey(meta, random, auth::kConversationIdKey));
  PARLEY_CO_ASSIGN(keys.cursors, co_await ReadKey(meta, random, auth::kCursorKey));
  co_return keys;
}

}  // namespace parley::app
