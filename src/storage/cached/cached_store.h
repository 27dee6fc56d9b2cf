#pragma once

#include <string>

#include "storage/cached/cache_options.h"
#include "storage/cached/cached_accounts.h"
#include "storage/cached/cached_admin.h"
#include "storage/cached/cached_conversations.h"
#include "storage/store.h"

namespace parley::storage::cached {

/// A store with a bounded read-through cache in front of the hot reads of another, which must
/// outlive it. Concurrent misses of one key are one read; what is kept changes when a write
/// returns, before it is acknowledged, and never earlier: who has seen an ack reads what was
/// acknowledged, or later. All writes must go through here.
class CachedStore : public Store {
 public:
  explicit CachedStore(Store& inner, const CacheOptions& options = {})
      : inner_(inner),
        conversations_(inner.conversations(), options),
        accounts_(inner.accounts(), options),
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
  /// Stops the inner store.
  void Stop() override { inner_.Stop(); }

  CacheStats cache_stats() const;

 private:
  Store& inner_;
  CachedConversations conversations_;
  CachedAccounts accounts_;
  CachedAdmin admin_;
};

}  // namespace parley::storage::cached
