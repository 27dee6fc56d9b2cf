#include "chat/conversation_actor.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "chat/effects.h"
#include "runtime/spawn.h"

namespace parley::chat {
namespace {

using std::chrono::steady_clock;

// A transaction of the distributed store must stay under 1 MB and within its bucket; one size fits
// all.
constexpr std::size_t kMaxEntriesPerAppend = 256;
constexpr std::size_t kMaxTextPerAppend = std::size_t{512} * 1024;

// A change carries the profiles of those whom it adds, and must fit into a frame (256 KiB): a
// profile takes up to some 600 bytes.
constexpr std::size_t kMaxAddedPerEntry = 200;

// Losing the log to another writer so often in a row means that something is wrong.
constexpr int kMaxRuns = 8;

/// Whether members may be told before the effects are written: nothing that they could ask for then
/// rests on them. Who is told of being added, or mentioned, looks for the row.
bool MayTellBefore(const storage::Effects& effects) {
  return !effects.info && effects.members.empty() && effects.mentions.empty();
}

Status Stopped() { return Unavailable("the server could not store this now: try again"); }

}  // namespace

ConversationActor::ConversationActor(ConversationId id, const ActorEnvironment& environment,
                                     runtime::Shard& shard, OnDead on_dead)
    : id_(id),
      env_(environment),
      shard_(shard),
      on_dead_(std::move(on_dead)),
      position_timer_(shard),
      receipt_timer_(shard),
      typing_(environment.typing_lasts),
      typing_timer_(shard),
      heads_(environment.head_repeats),
      head_timer_(shard),
      last_used_(steady_clock::now()) {}

ConversationActor::~ConversationActor() = default;

void ConversationActor::Submit(Command&& command) {
  last_used_ = steady_clock::now();
  const bool full = queue_.size() + pending_.size() >= kMaxQueued;
  if (full || phase_ == Phase::kDead) {
    if (full) env_.stats.refused_by_conversation.fetch_add(1, std::memory_order_relaxed);
    Reply(command, Unavailable("the conversation is busy: try again"));
    return;
  }
  queue_.push_back(std::move(command));
  Pump();
}

bool ConversationActor::IsQuiet() const {
  return phase_ == Phase::kReady && queue_.empty() && pending_.empty() && typing_.empty();
}

bool ConversationActor::IdleFor(std::chrono::milliseconds age) const {
  return IsQuiet() && !writing_positions_ && !positions_.NextDue(is_large()) &&
         !positions_.NextReceiptDue() && heads_.empty() && steady_clock::now() - last_used_ >= age;
}

void ConversationActor::Leave() {
  TellHeadsNow();
  FlushPositions([] {});
}

// -- Deciding -------------------------------------------------------------------------------------

void ConversationActor::Pump() {
  while (phase_ == Phase::kReady && !queue_.empty()) {
    const Lookup lookup = LookupFor(queue_.front());
    if (lookup.needed()) {
      phase_ = Phase::kLookingUp;
      runtime::Spawn(shard_, "look up for a command", LookUp(shared_from_this(), lookup));
      break;
    }
    Command command = std::move(queue_.front());
    queue_.pop_front();
    Run(std::move(command), Found());
  }
  TellUntold();
  MaybeCommit();
}

ConversationActor::Lookup ConversationActor::LookupFor(const Command& command) const {
  if (command.made) {
    Lookup lookup;
    const Seq seq = command.made->seq;
    if (seq <= committed_.seq && recent_.Find(seq) == nullptr) lookup.made = seq;
    return lookup;
  }
  if (const auto* send = std::get_if<SendCommand>(&command.body)) {
    return LookupFor(command.caller, *send);
  }
  if (const auto* mark = std::get_if<MarkCommand>(&command.body)) {
    return LookupFor(command.caller, *mark);
  }
  return {};
}

ConversationActor::Lookup ConversationActor::LookupFor(UserId caller,
                                                       const SendCommand& send) const {
  Lookup lookup;
  const Member* sender = state_.Find(caller);
  if (sender == nullptr) return lookup;
  if (const std::optional<SentWindow::Sent> sent = window_.Find(caller, send.client_id)) {
    if (InMemory(sent->seq) == nullptr) lookup.sent_entry = sent->seq;
    return lookup;
  }
  lookup.sent = !window_.IsNew(send.client_id, env_.clock.Now()) &&
                env_.store.conversations().MayHaveSent(id_, caller, send.client_id);
  if (send.reply_to && *send.reply_to >= sender->first_seq && *send.reply_to <= committed_.seq &&
      recent_.Find(*send.reply_to) == nullptr) {
    lookup.target = send.reply_to;
  }
  return lookup;
}

void ConversationActor::Run(Command&& command, const Found& found) {
  if (command.made) {
    if (SettleMade(command, found.made)) return;
    // It begins anew, and what is to be looked up for it with it.
    queue_.push_front(std::move(command));
    return;
  }
  if (!state_.exists() && !std::holds_alternative<CreateCommand>(command.body)) {
    Answer(std::move(command), NotFound("no such conversation"));
    return;
  }
  std::visit([&](const auto& body) { RunBody(command, body, found); }, command.body);
}

template <class Body>
void ConversationActor::RunBody(Command& command, const Body& body, const Found& /*found*/) {
  Result<Decision> decision = Decide(state_, command.caller, body);
  if (!decision.ok()) {
    Answer(std::move(command), decision.status());
    return;
  }
  if (Decision change = *std::move(decision)) {
    MakeEntry(std::move(command), *std::move(change), {});
  } else {
    Answer(std::move(command), CommandAnswer());
  }
}

void ConversationActor::RunBody(Command& command, const RemoveMemberCommand& body,
                                const Found& found) {
  const bool leaves = body.user == command.caller;
  const bool may_ask = leaves || state_.Find(command.caller) != nullptr;
  if (command.may_be_done && may_ask && state_.Find(body.user) == nullptr) {
    Answer(std::move(command), CommandAnswer());
  } else {
    RunBody<RemoveMemberCommand>(command, body, found);
  }
}

void ConversationActor::RunBody(Command& command, const AddMembersCommand& body,
                                const Found& /*found*/) {
  const Result<Decision> decision = Decide(state_, command.caller, body, env_.limits.Get());
  if (!decision.ok()) {
    Answer(std::move(command), decision.status());
    return;
  }
  const Decision& change = *decision;
  if (!change) {
    Answer(std::move(command), CommandAnswer());
    return;
  }
  // In the order of the users, of whom some may be members already.
  const std::vector<UserId>& all = std::get<MembersBody>(*change).added;
  std::vector<User> users = body.users;
  MembersBody part;
  std::vector<User> profiles;
  auto user = users.begin();
  for (const UserId& id : all) {
    if (part.added.size() == kMaxAddedPerEntry) {
      MakeEntry(Command{command.caller, {}, nullptr}, std::exchange(part, {}),
                std::exchange(profiles, {}));
    }
    user = std::find_if(user, users.end(), [&](const User& each) { return each.id == id; });
    part.added.push_back(id);
    profiles.push_back(std::move(*user));
  }
  MakeEntry(std::move(command), std::move(part), std::move(profiles));
}

void ConversationActor::RunBody(Command& command, const CreateCommand& body,
                                const Found& /*found*/) {
  if (!state_.exists()) {
    ConversationBody creation = Creation(body);
    std::vector<User> founders = body.founders;
    MakeEntry(std::move(command), std::move(creation), std::move(founders));
  } else if (state_.Find(command.caller) == nullptr) {
    Answer(std::move(command), NotFound("no such conversation"));
  } else {
    Answer(std::move(command), CommandAnswer{nullptr, true});
  }
}

void ConversationActor::RunBody(Command& command, const SendCommand& body, const Found& found) {
  const Member* sender = state_.Find(command.caller);
  if (sender == nullptr) {
    Answer(std::move(command), NotFound("no such conversation"));
    return;
  }
  EndTyping(command.caller);
  if (std::optional<Result<CommandAnswer>> repeated = AnswerRepeated(command.caller, body, found)) {
    Answer(std::move(command), *std::move(repeated));
    return;
  }
  Result<std::optional<ReplyTo>> reply = ResolveReply(*sender, body, found);
  if (!reply.ok()) {
    Answer(std::move(command), reply.status());
    return;
  }
  MessageBody message;
  message.id = MessageId(env_.message_ids.Next(env_.clock.Now()));
  message.client_id = body.client_id;
  message.text = body.text;
  message.mentions = FindMentions(body.text, state_);
  message.media = body.media;
  message.reply_to = *std::move(reply);
  MakeEntry(std::move(command), std::move(message), {});
}

std::optional<Result<CommandAnswer>> ConversationActor::AnswerRepeated(UserId caller,
                                                                       const SendCommand& body,
                                                                       const Found& found) const {
  std::optional<SentWindow::Sent> sent = window_.Find(caller, body.client_id);
  if (!sent && found.sent) sent = SentWindow::Sent{found.sent->seq, found.sent->fingerprint};
  if (!sent) return std::nullopt;
  if (!IsFingerprintOf(sent->fingerprint, env_.fingerprinter, body.text, body.media,
                       body.reply_to)) {
    return Conflict("this client_id was first sent with other content: use a new one");
  }
  return CommandAnswer{found.sent_entry ? found.sent_entry : InMemory(sent->seq), true};
}

Result<std::optional<ReplyTo>> ConversationActor::ResolveReply(const Member& sender,
                                                               const SendCommand& body,
                                                               const Found& found) const {
  if (!body.reply_to) return std::optional<ReplyTo>();
  const storage::EntryPtr target = found.target ? found.target : recent_.Find(*body.reply_to);
  if (*body.reply_to < sender.first_seq || *body.reply_to > committed_.seq || !target ||
      !target->is_message()) {
    return InvalidField("reply_to", "names no message of this conversation");
  }
  return std::optional<ReplyTo>(
      ReplyTo{target->seq, target->actor, std::string(Excerpt(target->message().text))});
}

storage::EntryPtr ConversationActor::InMemory(Seq seq) const {
  if (storage::EntryPtr entry = recent_.Find(seq)) return entry;
  // More may wait for their commits than the ring holds.
  for (const Pending& pending : pending_) {
    if (pending.staged && pending.staged->entry->seq == seq) return pending.staged->entry;
  }
  return nullptr;
}

void ConversationActor::MakeEntry(Command&& command, EntryBody body, std::vector<User> added) {
  Entry entry;
  entry.conversation = id_;
  entry.seq = state_.head().seq.Next();
  entry.n = state_.head().n + (std::holds_alternative<MessageBody>(body) ? 1 : 0);
  entry.at = env_.clock.Now();
  entry.actor = command.caller;
  entry.body = std::move(body);
  Fingerprint fingerprint{};
  if (entry.is_message()) {
    const auto& send = std::get<SendCommand>(command.body);
    fingerprint = FingerprintOf(env_.fingerprinter, send.text, send.media, send.reply_to);
    window_.Add(command.caller, send.client_id, {entry.seq, fingerprint});
  }
  std::unique_ptr<StagedEntry> staged =
      Stage(std::move(entry), std::move(added), fingerprint, state_);
  recent_.Push(staged->entry);
  CommandAnswer answer{staged->entry, false};
  pending_.push_back({std::move(command), std::move(answer), std::move(staged)});
}

void ConversationActor::Answer(Command&& command, Result<CommandAnswer> answer) {
  if (pending_.empty() && !MustConfirm() && (answer.ok() || !MayBeBehind())) {
    Reply(command, std::move(answer));
  } else {
    // It rests on what is not committed yet, or not known to be so still.
    pending_.push_back({std::move(command), std::move(answer), nullptr});
  }
}

void ConversationActor::Reply(Command& command, Result<CommandAnswer> answer) {
  if (std::holds_alternative<SendCommand>(command.body)) {
    if (!answer.ok()) {
      env_.stats.sends_refused.Add();
    } else {
      (answer->existed ? env_.stats.duplicates : env_.stats.messages).Add();
    }
  }
  command.done(std::move(answer));
}

// -- Committing -----------------------------------------------------------------------------------

void ConversationActor::MaybeCommit() {
  if (in_flight_ != 0 || pending_.empty() || phase_ == Phase::kDead) return;
  auto request = std::make_shared<storage::AppendRequest>();
  request->conversation = id_;
  request->expected_head = committed_.seq;
  std::size_t text = 0;
  for (Pending& pending : pending_) {
    if (pending.staged) {
      const StagedEntry& staged = *pending.staged;
      text += staged.change->frame.bytes().size();
      if (!request->entries.empty() &&
          (request->entries.size() == kMaxEntriesPerAppend || text > kMaxTextPerAppend)) {
        break;
      }
      request->entries.push_back(staged.entry);
      request->new_head = staged.head;
      MergeEffects(request->effects, std::move(pending.staged->effects));
    }
    ++in_flight_;
  }
  if (request->entries.empty()) {
    runtime::Spawn(shard_, "confirm the head", Confirm(shared_from_this()));
    return;
  }
  request->tell_logged = MayTellBefore(request->effects);
  env_.store.conversations().Append(
      std::move(request), [self = shared_from_this()](storage::AppendOutcome outcome) mutable {
        runtime::Shard& shard = self->shard_;
        const bool last = outcome != storage::AppendOutcome::kLogged;
        // It must not end on this thread.
        std::shared_ptr<ConversationActor> actor = last ? std::move(self) : self;
        shard.Post([actor = std::move(actor), outcome] { actor->OnAppended(outcome); });
      });
}

void ConversationActor::OnAppended(storage::AppendOutcome outcome) {
  if (outcome == storage::AppendOutcome::kLogged) {
    OnLogged();
    return;
  }
  if (outcome != storage::AppendOutcome::kCommitted) {
    Die(outcome);
    return;
  }
  last_used_ = steady_clock::now();
  Confirmed();
  while (in_flight_ > 0) {
    CompleteFront();
    --in_flight_;
  }
  window_.Trim(committed_.seq, env_.clock.Now());
  // Answers that made no entry rested on what is committed now.
  while (!pending_.empty() && !pending_.front().staged) CompleteFront();
  TendReceipts();
  TendHeads();
  if (phase_ == Phase::kReady) {
    Pump();
  } else {
    MaybeCommit();
  }
}

void ConversationActor::OnLogged() {
  Confirmed();
  for (std::size_t i = 0; i < in_flight_; ++i) {
    if (pending_[i].staged) Tell(pending_[i]);
  }
  TendHeads();
}

void ConversationActor::Tell(Pending& pending) {
  const StagedEntry& staged = *pending.staged;
  pending.told = true;
  committed_ = staged.head;
  Publish(staged);
  const bool by_name = SetAudience(staged.audience);
  NoteTold(*staged.entry, by_name);
}

void ConversationActor::CompleteFront() {
  Pending pending = std::move(pending_.front());
  pending_.pop_front();
  if (pending.staged) {
    const StagedEntry& staged = *pending.staged;
    // Who left and came back meanwhile begins anew: then it is no position of this stay.
    if (const Member* sender = state_.Find(staged.entry->actor);
        sender != nullptr && staged.entry->is_message() && sender->joined_seq < staged.entry->seq) {
      positions_.Stored(sender->user, sender->joined_seq,
                        Position{staged.entry->seq, staged.entry->n, staged.entry->seq});
    }
    if (!pending.told) Tell(pending);
  }
  if (pending.command.done) Reply(pending.command, std::move(pending.answer));
}

void ConversationActor::Publish(const StagedEntry& staged) {
  const auto tell = [&](bus::Event::Kind kind, const UserList& users) {
    if (!users) return;
    env_.bus.Publish(std::make_shared<const bus::Event>(
                         bus::Event{kind, id_, staged.entry->seq, wire::Frame(), {}}),
                     users);
  };
  tell(bus::Event::Kind::kConversation, staged.newcomers);
  env_.bus.Publish(staged.change, staged.recipients);
  tell(bus::Event::Kind::kLeft, staged.leavers);
  if (!staged.leavers || typing_.empty()) return;
  for (const UserId& user : *staged.leavers) EndTyping(user);
}

void ConversationActor::Die(storage::AppendOutcome outcome) {
  const std::shared_ptr<ConversationActor> self = shared_from_this();
  phase_ = Phase::kDead;
  position_timer_.Cancel();
  receipt_timer_.Cancel();
  typing_timer_.Cancel();
  head_timer_.Cancel();
  // On a conflict the log is another than we believed, and after a time-out it may be: the commands
  // are run again on it as it is, but for those whose entries are found in it.
  const bool run_again = outcome != storage::AppendOutcome::kRefused;
  std::deque<Command> commands;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    Pending& pending = pending_[i];
    if (!pending.command.done) continue;
    if (run_again && i < in_flight_ && pending.staged) pending.command.made = pending.staged->entry;
    commands.push_back(std::move(pending.command));
  }
  std::move(queue_.begin(), queue_.end(), std::back_inserter(commands));
  pending_.clear();
  queue_.clear();
  in_flight_ = 0;
  // Positions are of committed entries and committed members: they outlive this.
  WriteDuePositions();
  std::deque<Command> again;
  for (Command& command : commands) {
    if (run_again && ++command.runs <= kMaxRuns) {
      again.push_back(std::move(command));
    } else {
      Reply(command, Stopped());
    }
  }
  on_dead_(std::move(again));
}

}  // namespace parley::chat
