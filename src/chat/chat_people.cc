// What ChatService tells of people: who shares a conversation, whose profile changed.

#include <memory>
#include <utility>

#include "chat/acquaintances.h"
#include "chat/chat_service.h"
#include "chat/profile_tellings.h"
#include "runtime/spawn.h"
#include "wire/server_frames.h"

namespace parley::chat {
namespace {

/// Tells the profile as it is now.
runtime::Task<Status> TellOnce(storage::Store* store, bus::Bus* bus, UserId id,
                               std::size_t max_members) {
  PARLEY_CO_ASSIGN(const User user, co_await store->accounts().FindUser(id));
  const auto event = std::make_shared<const bus::Event>(bus::Event{
      bus::Event::Kind::kMomentary, ConversationId(), Seq(), wire::EncodeUserFrame(user), {}});
  co_return co_await Acquaintances(*store).ForEach(
      id, max_members,
      [bus, event](bus::Recipients recipients) { bus->Publish(event, std::move(recipients)); });
}

runtime::Task<void> TellUntilToldAsItIs(storage::Store* store, bus::Bus* bus, UserId user,
                                        std::size_t max_members,
                                        std::shared_ptr<ProfileTellings> tellings) {
  do {
    IgnoreStatus(co_await TellOnce(store, bus, user, max_members),
                 "momentary: who was not told reads the profile the next time");
  } while (tellings->Again(user));
}

}  // namespace

runtime::Task<Result<std::vector<Acquaintance>>> ChatService::FindAcquaintances(
    UserId caller, std::vector<Acquaintance> people) {
  co_return co_await Acquaintances(*deps_.store).Among(caller, std::move(people));
}

void ChatService::TellProfile(UserId user) {
  const ProfileTellings::Begun begun = profile_tellings_->Begin(user);
  if (begun == ProfileTellings::Begun::kFull) {
    stats_.profiles_untold.fetch_add(1, std::memory_order_relaxed);
  }
  if (begun != ProfileTellings::Begun::kNow) return;
  runtime::Spawn(*runtime::Shard::Current(), "tell a profile",
                 TellUntilToldAsItIs(deps_.store, deps_.bus, user, deps_.receipts_max_members,
                                     profile_tellings_));
}

}  // namespace parley::chat
