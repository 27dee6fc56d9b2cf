#pragma once

#include <string>

#include "storage/cached/redis/shared_accounts.h"
#include "storage/cached/redis/shared_cache_options.h"
#include "storage/cached/redis/shared_conversations.h"
#include "storage/store.h"

namespace parley::storage::cached {

/// A store with a cache in front of its reads that all nodes share (RemoteCache). Store and cache
/// must outlive it; the cache must be stopped after it. Every node's writes must go through one.
///
/// The cache is a help and never the truth: what it does not know, or does not answer in time, is
/// read from the store, and its death costs nothing but time. A change is told to it before it is
/// acknowledged; where that fails, others may see what was before for as long as
/// SharedCacheOptions says.
class SharedCacheStore : public Store {
 public:
  SharedCacheStore(Store& inner, RemoteCache& cache, const SharedCacheOptions& options = {})
      : inner_(inner),
        cache_(cache),
        conversations_(inner.conversations(), cache, options),
        accounts_(inner.accounts(), cache, options),
        admin_(inner.admin(), accounts_) {}

  ConversationStore& conversations() override { return conversations_; }
  AccountStore& accounts() override { return accounts_; }
  AdminStore& admin() override { return admin_; }
  MetaStore& meta() override { return inner_.meta(); }
  CommitStats commit_stats() const override { return inner_.commit_stats(); }
  std::uint64_t disk_bytes() const override { return inner_.disk_bytes(); }
  Status health() const override { return inner_.health(); }
  Status BackUp(const std::string& folder, const std::stop_token& stop) override {
    return inner_.BackUp(folder, stop);
  }
  /// Stops the inner store, and answers its last appends.
  void Stop() override;

  SharedCacheStats cache_stats() const;

 private:
  Store& inner_;
  RemoteCache& cache_;
  SharedConversations conversations_;
  SharedAccounts accounts_;
  SharedAdmin admin_;
};

}  // namespace parley::storage::cached
