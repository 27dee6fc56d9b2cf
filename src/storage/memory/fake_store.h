#pragma once

#include "storage/memory/controls.h"
#include "storage/memory/fake_accounts.h"
#include "storage/memory/fake_conversations.h"
#include "storage/memory/fake_meta.h"
#include "storage/store.h"

namespace parley::storage::memory {

/// A store that keeps everything in memory and forgets it when it is destroyed: for tests, and as
/// the engine "memory" of parleyd. Commits run on a committer's thread in groups, as in the real
/// ones; reads never suspend, unless a test holds them with controls().
class FakeStore : public Store {
 public:
  explicit FakeStore(Form form = Form::kLocal) : conversations_(controls_, form, system_clock_) {}
  /// `clock` must outlive it; it says in which minute a conversation is active.
  FakeStore(Form form, Clock& clock) : conversations_(controls_, form, clock) {}
  ~FakeStore() override { FakeStore::Stop(); }

  ConversationStore& conversations() override { return conversations_; }
  AccountStore& accounts() override { return accounts_; }
  AdminStore& admin() override { return accounts_; }
  MetaStore& meta() override { return meta_; }
  CommitStats commit_stats() const override { return conversations_.commit_stats(); }
  std::uint64_t disk_bytes() const override { return 0; }
  Status health() const override { return Status::Ok(); }
  Status BackUp(const std::string& /*folder*/, const std::stop_token& /*stop*/) override {
    return Unavailable("a store in memory has no backup");
  }
  /// Releases what is held, too.
  void Stop() override;

  /// Where a test holds, fails and counts.
  Controls& controls() { return controls_; }

 private:
  SystemClock system_clock_;
  Controls controls_;
  FakeConversations conversations_;
  FakeAccounts accounts_{controls_};
  FakeMeta meta_;
};

}  // namespace parley::storage::memory
