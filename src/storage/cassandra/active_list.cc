#include "storage/cassandra/active_list.h"

#include <chrono>
#include <utility>

#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {

void ActiveList::Add(ConversationId conversation, UniqueFunction<void(Status)> done) {
  const std::int64_t minute =
      std::chrono::floor<std::chrono::minutes>(clock_.Now()).time_since_epoch().count();
  if (listed_.Get(conversation) == minute) {
    done(Status::Ok());
    return;
  }
  session_.Execute(
      Bind(*statements_.add_active, BigintValue(minute),
           IntValue(static_cast<std::int32_t>(ActiveShardOf(conversation))),
           UuidValue(conversation)),
      {}, [this, conversation, minute, done = std::move(done)](Result<Rows> added) mutable {
        if (added.ok()) listed_.Set(conversation, minute);
        done(added.status());
      });
}

runtime::Task<Result<std::vector<ConversationId>>> ActiveList::Read(std::int64_t minute,
                                                                    std::uint32_t shard) {
  std::vector<ConversationId> conversations;
  std::string page;
  do {
    PARLEY_CO_ASSIGN(const Rows rows,
                     co_await session_.Execute(Bind(*statements_.list_active, BigintValue(minute),
                                                    IntValue(static_cast<std::int32_t>(shard))),
                                               std::move(page)));
    conversations.reserve(conversations.size() + rows.size());
    for (const Row row : rows) {
      PARLEY_CO_ASSIGN(const ConversationId conversation, ReadId<ConversationId>(row[0]));
      conversations.push_back(conversation);
    }
    page = rows.next_page();
  } while (!page.empty());
  co_return conversations;
}

}  // namespace parley::storage::cassandra
