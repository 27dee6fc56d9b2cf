#include "chat/stored_conversation.h"

#include <utility>

#include <gtest/gtest.h>

#include "chat/testing/chat_nodes.h"
#include "storage/cached/forwarding.h"

namespace parley::chat {
namespace {

using storage::memory::StoppedAnswer;

/// Conversations of which somebody finishes the effects right after each snapshot was read.
class Finishing : public storage::cached::ForwardingConversations {
 public:
  Finishing(storage::Store& store, const auth::Fingerprinter& fingerprinter)
      : ForwardingConversations(store.conversations()),
        store_(store),
        fingerprinter_(fingerprinter) {}

  runtime::Task<Result<storage::SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                           storage::ReadMode mode) override {
    Result<storage::SnapshotPtr> before =
        co_await store_.conversations().ReadSnapshot(conversation, mode);
    PARLEY_CO_TRY(
        (co_await LoadConversation(&store_, conversation, fingerprinter_, EffectsAre::kFollowing))
            .status());
    co_return before;
  }

 private:
  storage::Store& store_;
  const auth::Fingerprinter fingerprinter_;
};

class FinishingStore : public storage::Store {
 public:
  FinishingStore(storage::Store& inner, const auth::Fingerprinter& fingerprinter)
      : inner_(inner), conversations_(inner, fingerprinter) {}

  storage::ConversationStore& conversations() override { return conversations_; }
  storage::AccountStore& accounts() override { return inner_.accounts(); }
  storage::AdminStore& admin() override { return inner_.admin(); }
  storage::MetaStore& meta() override { return inner_.meta(); }
  storage::CommitStats commit_stats() const override { return inner_.commit_stats(); }
  std::uint64_t disk_bytes() const override { return inner_.disk_bytes(); }
  Status health() const override { return inner_.health(); }
  Status BackUp(const std::string& folder, const std::stop_token& stop) override {
    return inner_.BackUp(folder, stop);
  }
  void Stop() override { inner_.Stop(); }

 private:
  storage::Store& inner_;
  Finishing conversations_;
};

using StoredConversationTest = NodesTest;

TEST_F(StoredConversationTest, EffectsThatLandWhileItIsRead_AreInTheState) {
  // Listed, entry; the member's row follows.
  one_.controls().StopNextAppend(2, StoppedAnswer::kNever);
  one_.Submit(ann_, group_, RemoveMemberCommand{bo_});
  one_.RunUntil([&] { return one_.controls().stopped_appends() == 1; });

  const auth::Fingerprinter fingerprinter{storage::SecretKey{}};
  FinishingStore store(two_.store(), fingerprinter);
  const auto loaded =
      two_.Run(LoadConversation(&store, group_, fingerprinter, EffectsAre::kFollowing));
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  EXPECT_EQ(loaded->state.head().seq, Seq(2));
  EXPECT_EQ(loaded->state.Find(bo_), nullptr);
  EXPECT_NE(loaded->state.Find(cy_), nullptr);
}

}  // namespace
}  // namespace parley::chat
