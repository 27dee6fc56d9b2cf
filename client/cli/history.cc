#include "client/cli/history.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::client::cli {

Result<History> LoadLatest(Api& api, ConversationId conversation, std::optional<Seq> before,
                           std::size_t limit) {
  History history;
  bool first = true;
  bool more = true;
  while (more && (first || history.messages.size() < limit)) {
    // Even for no message at all, one page says where the conversation ends.
    const std::size_t missing = std::max<std::size_t>(limit - history.messages.size(), 1);
    PARLEY_ASSIGN(MessagePage page, api.MessagesBefore(conversation, before, missing));
    // The first page is the newest; the later ones lie before it.
    if (std::exchange(first, false)) history.true_at = page.last_seq;
    more = page.has_more_before && !page.items.empty();
    if (!page.items.empty()) before = page.items.front().seq;
    history.messages.insert(history.messages.begin(), std::make_move_iterator(page.items.begin()),
                            std::make_move_iterator(page.items.end()));
  }
  if (limit == 0) history.messages.clear();
  return history;
}

Result<std::vector<Message>> LoadRange(Api& api, ConversationId conversation, Seq after,
                                       Seq until) {
  constexpr std::size_t kPage = 100;
  std::vector<Message> messages;
  bool more = after < until;
  while (more) {
    PARLEY_ASSIGN(MessagePage page, api.MessagesAfter(conversation, after, kPage));
    more = page.has_more_after && !page.items.empty() && page.items.back().seq < until;
    if (!page.items.empty()) after = page.items.back().seq;
    std::copy_if(std::make_move_iterator(page.items.begin()),
                 std::make_move_iterator(page.items.end()), std::back_inserter(messages),
                 [until](const Message& each) { return each.seq <= until; });
  }
  return messages;
}

}  // namespace parley::client::cli
