#include "client/cli/chat/state.h"

#include <algorithm>
#include <iterator>

#include "client/cli/chat/clusters.h"

namespace parley::client::cli::chat {

std::vector<ConversationId> State::Listed() const {
  if (find.empty()) return order;
  const std::string wanted = Folded(find.text());
  std::vector<ConversationId> fitting;
  std::copy_if(order.begin(), order.end(), std::back_inserter(fitting), [&](ConversationId id) {
    return Folded(Find(id)->name).find(wanted) != std::string::npos;
  });
  return fitting;
}

std::size_t State::Waiting() const {
  std::size_t count = 0;
  for (const auto& [id, talk] : talks) {
    for (const Outgoing& outgoing : talk->timeline.outgoing()) {
      if (outgoing.state == Outgoing::State::kWaiting) ++count;
    }
  }
  return count;
}

}  // namespace parley::client::cli::chat
