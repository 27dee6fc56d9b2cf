#include "chat/typing_book.h"

#include <algorithm>

namespace parley::chat {

bool TypingBook::Active(UserId user, std::uint64_t device, SteadyTime now) {
  const auto [place, fresh] = people_.try_emplace(user);
  Person& person = place->second;
  const SteadyTime ends = now + lasts_;
  const auto known = std::find_if(person.devices.begin(), person.devices.end(),
                                  [&](const Device& each) { return each.id == device; });
  if (known != person.devices.end()) {
    known->ends = ends;
  } else if (person.devices.size() < kMaxDevices) {
    person.devices.push_back({device, ends});
  } else {
    *std::min_element(person.devices.begin(), person.devices.end(),
                      [](const Device& one, const Device& other) {
                        return one.ends < other.ends;
                      }) = {device, ends};
  }
  if (!fresh && now - person.last_told < kTellInterval) return false;
  person.last_told = now;
  return true;
}

bool TypingBook::Inactive(UserId user, std::uint64_t device) {
  const auto person = people_.find(user);
  if (person == people_.end()) return false;
  std::erase_if(person->second.devices, [&](const Device& each) { return each.id == device; });
  if (!person->second.devices.empty()) return false;
  people_.erase(person);
  return true;
}

bool TypingBook::End(UserId user) { return people_.erase(user) > 0; }

std::optional<TypingBook::SteadyTime> TypingBook::NextDue() const {
  std::optional<SteadyTime> next;
  for (const auto& [user, person] : people_) {
    for (const Device& device : person.devices) {
      if (!next || device.ends < *next) next = device.ends;
    }
  }
  return next;
}

std::vector<UserId> TypingBook::TakeEnded(SteadyTime now) {
  std::vector<UserId> ended;
  for (auto& [user, person] : people_) {
    std::erase_if(person.devices, [&](const Device& each) { return each.ends <= now; });
    if (person.devices.empty()) ended.push_back(user);
  }
  for (const UserId& user : ended) people_.erase(user);
  return ended;
}

}  // namespace parley::chat
