#include "storage/cached/cached_store.h"

namespace parley::storage::cached {

CachedStore::CachedStore(Store& inner, const CacheOptions& options,
                         const std::optional<SharedStore>& shared)
    : inner_(inner),
      alone_(shared ? nullptr
                    : std::make_unique<CachedConversations>(inner.conversations(), options)),
      shared_(shared ? std::make_unique<FreshConversations>(inner.conversations(), options)
                     : nullptr),
      accounts_(inner.accounts(), options, shared),
      admin_(inner.admin(), accounts_) {}

ConversationStore& CachedStore::conversations() {
  if (shared_) return *shared_;
  return *alone_;
}

void CachedStore::Hear(const CacheNews& news) { accounts_.Hear(news); }

void CachedStore::Forget() {
  if (alone_) alone_->Forget();
  if (shared_) shared_->Forget();
  accounts_.Forget();
}

CacheStats CachedStore::cache_stats() const {
  CacheStats stats;
  if (alone_) alone_->CountInto(stats);
  if (shared_) shared_->CountInto(stats);
  accounts_.CountInto(stats);
  return stats;
}

}  // namespace parley::storage::cached
