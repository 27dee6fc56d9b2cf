#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "client/api.h"
#include "client/types.h"

namespace parley::client::cli {

/// A stretch of the messages of one conversation.
struct History {
  std::vector<Message> messages;  ///< ascending
  Seq true_at;                    ///< what comes after is in no message of it
};

/// The latest `limit` messages before `before`, or of all.
Result<History> LoadLatest(Api& api, ConversationId conversation, std::optional<Seq> before,
                           std::size_t limit);

/// Every message after `after` up to and with `until`.
Result<std::vector<Message>> LoadRange(Api& api, ConversationId conversation, Seq after, Seq until);

}  // namespace parley::client::cli
