#include "storage/conversation_store.h"

namespace parley::storage {

std::uint32_t ActiveShardOf(ConversationId conversation) {
  // The last bytes are random, or a hash, in every version of UUID that conversations have.
  return conversation.uuid().bytes().back() % kActiveShards;
}

}  // namespace parley::storage
