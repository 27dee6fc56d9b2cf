#include "client/cli/chat/model.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "client/cli/text.h"

namespace parley::client::cli::chat {

Model::Model(Options options, Clock& clock, Random& random)
    : clock_(clock), random_(random), open_at_start_(std::move(options.open)) {
  state_.self = options.self.id;
  state_.names.Learn(options.self);
  state_.server = std::move(options.server);
  state_.now = clock_.Now();
}

void Model::OnEvent(const Event& event) {
  state_.now = clock_.Now();
  if (const auto* changed = std::get_if<Changed>(&event)) {
    OnChanged(changed->change);
  } else if (const auto* loaded = std::get_if<Loaded>(&event)) {
    OnLoaded(*loaded);
  } else if (const auto* updated = std::get_if<Updated>(&event)) {
    OnUpdated(updated->conversation);
  } else if (const auto* left = std::get_if<Left>(&event)) {
    OnLeft(left->conversation_id);
  } else if (const auto* sent = std::get_if<Sent>(&event)) {
    if (Talk* talk = state_.Find(sent->conversation_id)) talk->timeline.OnSent(sent->client_id);
  } else if (const auto* failed = std::get_if<SendFailed>(&event)) {
    for (const auto& [id, talk] : state_.talks) {
      talk->timeline.OnRefused(failed->client_id, ForTerminalLine(failed->status.message()));
    }
  } else if (const auto* noticed = std::get_if<Noticed>(&event)) {
    OnNotice(*noticed);
  } else if (std::holds_alternative<Connected>(event)) {
    OnLink(Link::kLive, {});
  } else if (const auto* lost = std::get_if<Disconnected>(&event)) {
    OnLink(Link::kLost, ForTerminalLine(lost->reason));
  } else if (const auto* signed_out = std::get_if<SignedOut>(&event)) {
    Do(Quit{signed_out->status});
  }
}

void Model::OnLink(Link link, std::string reason) {
  state_.link = link;
  state_.lost_reason = std::move(reason);
  state_.notice.clear();
  // What was asked for is asked for again, and marks may have been missed.
  asked_.reset();
  ask_again_.reset();
  members_for_.reset();
  if (link != Link::kLive) {
    state_.presence.clear();
    return;
  }
  state_.listed = true;
  typing_said_.reset();
  if (!open_at_start_.empty()) Do(Resolve{std::exchange(open_at_start_, {})});
}

void Model::OnChanged(const Change& change) {
  for (const User& user : change.users) state_.names.Learn(user);
  Talk* talk = state_.Find(change.conversation_id);
  if (talk == nullptr) return;
  talk->Apply(change, state_.names);
  if (change.message) Place(talk->id);
  // Whose marks count has changed.
  if (change.kind == "members" && members_for_ == talk->id) members_for_.reset();
}

void Model::OnLoaded(const Loaded& loaded) {
  const Talk* known = state_.Find(loaded.conversation.id);
  // One that was resolved is known before the connection holds it: what was said in between is told
  // by no change either.
  const bool skipped = known != nullptr && loaded.conversation.last_seq > known->head;
  Adopt(loaded.conversation);
  if (loaded.why != Loaded::Why::kReset && !skipped) return;
  Talk* talk = state_.Find(loaded.conversation.id);
  talk->timeline.Forget();
  talk->scroll = {};
  if (asked_ && asked_->conversation == talk->id) asked_.reset();
}

void Model::OnUpdated(const Conversation& object) { Adopt(object); }

void Model::Adopt(const Conversation& object) {
  state_.names.Learn(object);
  if (Talk* talk = state_.Find(object.id)) {
    talk->Adopt(object);
  } else {
    state_.talks.emplace(object.id, std::make_unique<Talk>(object, state_.self));
  }
  Place(object.id);
}

void Model::OnLeft(ConversationId id) {
  if (const Talk* talk = state_.Find(id)) {
    state_.notice = fmt::format("You are not in {} any more.", talk->name);
  }
  if (state_.open == id) Close();
  if (state_.chosen == id) state_.chosen.reset();
  std::erase(state_.order, id);
  std::erase(recent_, id);
  state_.talks.erase(id);
}

void Model::Place(ConversationId id) {
  const TimePoint at = state_.Find(id)->active_at;
  std::erase(state_.order, id);
  const auto place = std::partition_point(
      state_.order.begin(), state_.order.end(),
      [&](ConversationId other) { return state_.Find(other)->active_at >= at; });
  state_.order.insert(place, id);
}

void Model::OnNotice(const Noticed& noticed) {
  Result<Notice> notice = ParseNotice(noticed);
  if (!notice.ok()) return;  // of a newer server
  if (const auto* receipt = std::get_if<Receipt>(&*notice)) {
    Talk* talk = state_.Find(receipt->conversation_id);
    // Until the members are known it is not known how many there are.
    if (talk != nullptr && talk->knows_positions()) talk->OnReceipt(*receipt);
  } else if (const auto* typing = std::get_if<Typing>(&*notice)) {
    if (Talk* talk = state_.Find(typing->conversation_id)) {
      talk->OnTyping(typing->user_id, typing->active, state_.now);
    }
  } else if (const auto* presence = std::get_if<Presence>(&*notice)) {
    state_.presence[presence->user_id] = *presence;
  } else if (const auto* profile = std::get_if<ProfileChanged>(&*notice)) {
    state_.names.Learn(profile->user);
  }
}

void Model::OnResize(Size size) { state_.size = size; }

void Model::OnTime() {
  state_.now = clock_.Now();
  for (const auto& [id, talk] : state_.talks) talk->ExpireTyping(state_.now);
  if (ask_again_ && *ask_again_ <= state_.now) ask_again_.reset();
}

std::optional<TimePoint> Model::NextWake() const {
  std::optional<TimePoint> next = ask_again_;
  for (const auto& [id, talk] : state_.talks) {
    if (const auto end = talk->NextTypingEnd()) next = std::min(next.value_or(*end), *end);
  }
  return next;
}

}  // namespace parley::client::cli::chat
