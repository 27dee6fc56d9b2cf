// What ChatService tells of people: who shares a conversation, whose profile changed.

#include <memory>
#include <utility>

#include "chat/acquaintances.h"
#include "chat/chat_service.h"
#include "runtime/spawn.h"
#include "wire/server_frames.h"

namespace parley::chat {
namespace {

/// Profiles that are being told at the same time; further ones are not told live.
constexpr std::size_t kMaxTellings = 64;

runtime::Task<void> TellEverybody(Acquaintances acquaintances, bus::Bus* bus, User user,
                                  std::size_t max_members,
                                  std::shared_ptr<std::atomic<std::size_t>> tellings) {
  const auto event = std::make_shared<const bus::Event>(bus::Event{
      bus::Event::Kind::kMomentary, ConversationId(), Seq(), wire::EncodeUserFrame(user), {}});
  IgnoreStatus(co_await acquaintances.ForEach(user.id, max_members,
                                              [bus, event](bus::Recipients recipients) {
                                                bus->Publish(event, std::move(recipients));
                                              }),
               "momentary: who was not told reads the profile the next time");
  --*tellings;
}

}  // namespace

runtime::Task<Result<std::vector<Acquaintance>>> ChatService::FindAcquaintances(
    UserId caller, std::vector<Acquaintance> people) {
  co_return co_await Acquaintances(*deps_.store).Among(caller, std::move(people));
}

void ChatService::TellProfile(User user) {
  if (profile_tellings_->fetch_add(1) >= kMaxTellings) {
    --*profile_tellings_;
    stats_.profiles_untold.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  runtime::Spawn(*runtime::Shard::Current(), "tell a profile",
                 TellEverybody(Acquaintances(*deps_.store), deps_.bus, std::move(user),
                               deps_.receipts_max_members, profile_tellings_));
}

}  // namespace parley::chat
