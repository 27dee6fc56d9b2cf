#include "chat/head_teller.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace parley::chat {

void HeadTeller::TellAll() const { bus_.Publish(HeadEvent(), audience_); }

void HeadTeller::TellChanges(const MemberChanges& changes) const {
  for (const Departure& departure : changes.departed) {
    bus_.Publish(std::make_shared<const bus::Event>(bus::Event{
                     bus::Event::Kind::kLeft, conversation_, departure.seq, wire::Frame(), {}}),
                 std::make_shared<const std::vector<UserId>>(1, departure.user));
  }
  if (audience_->size() > bus::kLargeConversation) TellByName(changes.arrived);
}

bus::EventPtr HeadTeller::HeadEvent() const {
  return std::make_shared<const bus::Event>(
      bus::Event{.kind = bus::Event::Kind::kHead,
                 .conversation = conversation_,
                 .seq = head_,
                 .frame = {},
                 .sessions = {},
                 .members = static_cast<std::uint32_t>(audience_->size())});
}

void HeadTeller::TellByName(const std::vector<UserId>& users) const {
  if (users.empty()) return;
  const bus::EventPtr head = HeadEvent();
  // So few that the bus does not take them for all who follow the conversation.
  for (auto first = users.begin(); first != users.end();) {
    const auto count = std::min<std::ptrdiff_t>(bus::kLargeConversation, users.end() - first);
    bus_.Publish(head, std::make_shared<const std::vector<UserId>>(first, first + count));
    first += count;
  }
}

}  // namespace parley::chat
