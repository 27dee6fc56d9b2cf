#pragma once

#include <memory>
#include <optional>
#include <string>

#include "storage/cached/cache_options.h"
#include "storage/cached/cached_accounts.h"
#include "storage/cached/cached_admin.h"
#include "storage/cached/cached_conversations.h"
#include "storage/cached/fresh_conversations.h"
#include "storage/store.h"

namespace parley::storage::cached {

/// A store with a bounded read-through cache in front of the hot reads of another, which must
/// outlive it. Concurrent misses of one key are one read; what is kept changes when a write
/// returns, before it is acknowledged, and never earlier: who has seen an ack reads what was
/// acknowledged, or later.
///
/// Without `shared` all writes must go through here. With it, other nodes write to the same store
/// as well; docs/decisions/0008-caches.md says what may be how old then.
class CachedStore : public Store {
 public:
  explicit CachedStore(Store& inner, const CacheOptions& options = {},
                       const std::optional<SharedStore>& shared = std::nullopt);

  ConversationStore& conversations() override;
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

  /// Forgets what is kept of rows that another node has written. Any thread.
  void Hear(const CacheNews& news);
  /// Forgets everything: after a pause of the whole process, which may have missed what the others
  /// told. Any thread.
  void Forget();

  CacheStats cache_stats() const;

 private:
  Store& inner_;
  // One of the two.
  const std::unique_ptr<CachedConversations> alone_;
  const std::unique_ptr<FreshConversations> shared_;
  CachedAccounts accounts_;
  CachedAdmin admin_;
};

}  // namespace parley::storage::cached
