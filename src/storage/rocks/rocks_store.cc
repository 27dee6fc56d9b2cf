#include "storage/rocks/rocks_store.h"

#include <utility>

#include "storage/rocks/accounts.h"
#include "storage/rocks/admin.h"
#include "storage/rocks/conversations.h"
#include "storage/rocks/database.h"
#include "storage/rocks/meta.h"
#include "storage/rocks/schema.h"
#include "storage/rocks/soft_writer.h"

namespace parley::storage::rocks {
namespace {

class RocksStore : public Store {
 public:
  RocksStore(std::unique_ptr<Database> db, runtime::BlockingPool& pool)
      : db_(std::move(db)),
        soft_writer_(*db_, pool),
        conversations_(*db_, pool, soft_writer_),
        account_rows_(*db_),
        accounts_(account_rows_, pool, soft_writer_),
        admin_(account_rows_, pool),
        meta_(*db_, pool, soft_writer_) {}
  ~RocksStore() override { Stop(); }

  ConversationStore& conversations() override { return conversations_; }
  AccountStore& accounts() override { return accounts_; }
  AdminStore& admin() override { return admin_; }
  MetaStore& meta() override { return meta_; }
  CommitStats commit_stats() const override {
    CommitStats stats = conversations_.stats();
    stats.soft_rows = soft_writer_.waiting_rows();
    return stats;
  }
  std::uint64_t disk_bytes() const override { return db_->disk_bytes(); }
  Status health() const override { return db_->health(); }
  Status BackUp(const std::string& folder, const std::stop_token& stop) override {
    return db_->BackUp(folder, stop);
  }

  void Stop() override {
    conversations_.Stop();
    soft_writer_.Stop();
    db_->StopWrites();
  }

 private:
  std::unique_ptr<Database> db_;
  SoftWriter soft_writer_;
  RocksConversationStore conversations_;
  AccountRows account_rows_;
  RocksAccountStore accounts_;
  RocksAdminStore admin_;
  RocksMetaStore meta_;
};

}  // namespace

Result<std::unique_ptr<Store>> Open(OpenOptions options) {
  PARLEY_ASSIGN(std::unique_ptr<Database> db,
                Database::Open({.path = std::move(options.path),
                                .clock = options.clock,
                                .block_cache_bytes = options.block_cache_bytes,
                                .write_buffer_bytes = options.write_buffer_bytes,
                                .min_free_bytes = options.min_free_bytes,
                                .sync = options.sync,
                                .on_fatal = std::move(options.on_fatal)}));
  PARLEY_TRY(MigrateSchema(*db));
  return std::unique_ptr<Store>(std::make_unique<RocksStore>(std::move(db), options.reads));
}

}  // namespace parley::storage::rocks
