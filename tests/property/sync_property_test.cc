// The real client's SyncState against the server's real Session, in memory: whatever is lost, slow,
// cut off, asked late or not answered, what the client tells its owner is the log, in order, once
// (promises I4 and I5). RapidCheck makes what happens, and the shortest that fails of what does;
// RC_PARAMS="seed=…" runs it again.

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "client/frames.h"
#include "client/json.h"
#include "client/sync_state.h"
#include "gateway/testing/session_fixture.h"
#include "wire/encode.h"

namespace parley {
namespace {

using storage::EntryPtr;

// -- What happens ---------------------------------------------------------------------------------

enum class OpKind {
  kSend,        ///< ann, in one of the conversations
  kCreate,      ///< another conversation with bob
  kAdd,         ///< bob, again
  kRemove,      ///< bob
  kRename,      ///< a change that is no message
  kLose,        ///< events, until the next kFind
  kFind,
  kHoldReads,   ///< of the server, until the next kReleaseReads
  kReleaseReads,
  kSlow,        ///< the client takes nothing from the socket, until the next kDrain
  kDrain,
  kHear,        ///< the client takes some of the frames that have come
  kAnswer,      ///< the oldest question of the client over HTTP
  kFailAnswer,  ///< the same, with an error
  kConnect,
  kDisconnect,
  kResume,      ///< on a connection that is live, as clients do every few minutes
  kWait,        ///< longer than the slack of a cursor
};

struct Op {
  OpKind kind = OpKind::kSend;
  std::size_t what = 0;  ///< taken modulo whatever there is
};

void showValue(const Op& op, std::ostream& out) {  // NOLINT(readability-identifier-naming)
  static constexpr const char* kNames[] = {
      "Send", "Create", "Add",  "Remove", "Rename",     "Lose",    "Find",       "HoldReads", "ReleaseReads",
      "Slow", "Drain",  "Hear", "Answer", "FailAnswer", "Connect", "Disconnect", "Resume",    "Wait"};
  out << kNames[static_cast<std::size_t>(op.kind)] << "(" << op.what << ")";
}

rc::Gen<std::vector<Op>> Ops() {
  const auto kind = rc::gen::weightedElement<OpKind>(
      {{9, OpKind::kSend},      {1, OpKind::kCreate},  {2, OpKind::kAdd},
       {2, OpKind::kRemove},    {1, OpKind::kRename},  {2, OpKind::kLose},
       {2, OpKind::kFind},      {2, OpKind::kHoldReads}, {3, OpKind::kReleaseReads},
       {1, OpKind::kSlow},      {2, OpKind::kDrain},   {9, OpKind::kHear},
       {6, OpKind::kAnswer},    {1, OpKind::kFailAnswer}, {4, OpKind::kConnect},
       {2, OpKind::kDisconnect}, {1, OpKind::kResume}, {1, OpKind::kWait}});
  return rc::gen::container<std::vector<Op>>(
      rc::gen::construct<Op>(kind, rc::gen::inRange<std::size_t>(0, 16)));
}

// -- What was told --------------------------------------------------------------------------------

/// What the client's owner has learnt; refuses what it may not be told.
class Owner {
 public:
  struct Told {
    Seq seq;
    UserId actor;
    std::string kind;
    std::string text;
  };
  struct Jump {
    ConversationId conversation;
    Seq from;
    Seq to;
  };

  void Take(const client::Event& event) {
    if (const auto* loaded = std::get_if<client::Loaded>(&event)) {
      TakeLoaded(*loaded);
    } else if (const auto* changed = std::get_if<client::Changed>(&event)) {
      const client::Change& change = changed->change;
      const auto found = have.find(change.conversation_id);
      RC_ASSERT(found != have.end());
      RC_ASSERT(change.seq == found->second.Next());
      found->second = change.seq;
      told[change.conversation_id].push_back({change.seq, change.actor_id, change.kind,
                                              change.message ? change.message->text : ""});
    } else if (const auto* left = std::get_if<client::Left>(&event)) {
      RC_ASSERT(have.erase(left->conversation_id) == 1U);
    } else if (const auto* updated = std::get_if<client::Updated>(&event)) {
      RC_ASSERT(have.contains(updated->conversation.id));
    }
  }

  std::map<ConversationId, Seq> have;
  std::map<ConversationId, std::vector<Told>> told;
  std::string resume;       ///< the last that was sent
  std::vector<Jump> jumps;  ///< over changes of a conversation that was held

 private:
  void TakeLoaded(const client::Loaded& loaded) {
    const auto [held, is_new] = have.emplace(loaded.conversation.id, loaded.conversation.last_seq);
    RC_ASSERT(is_new == (loaded.why != client::Loaded::Why::kReset));
    if (is_new) return;
    // What a resume did not name comes with `reset` (rule 3), though it has become known meanwhile.
    if (resume.find(held->first.ToString()) != std::string::npos) {
      jumps.push_back({held->first, held->second, loaded.conversation.last_seq});
    }
    held->second = loaded.conversation.last_seq;
  }
};

template <class T, class Parse>
T FromJson(const std::string& json, Parse parse) {
  const auto document = client::JsonDocument::Parse(json);
  RC_ASSERT(document.ok());
  Result<T> value = parse(document->root());
  RC_ASSERT(value.ok());
  return *std::move(value);
}

client::Conversation ToClient(const ConversationView& view) {
  return FromJson<client::Conversation>(wire::EncodeConversation(view), client::ParseConversation);
}

// -- Server and client ----------------------------------------------------------------------------

class World : public gateway::SessionFixture {
 public:
  void Do(const Op& op) {
    const ConversationId conversation = conversations_[op.what % conversations_.size()];
    switch (op.kind) {
      case OpKind::kSend:
        Send(ann_, conversation, "text " + std::to_string(++texts_));
        return;
      case OpKind::kCreate:
        if (!holding_) conversations_.push_back(backend_.Group(ann_, {bo_}));
        return;
      case OpKind::kAdd:
        backend_.Do(ann_, conversation, chat::AddMembersCommand{{profile_}});
        return;
      case OpKind::kRemove:
        backend_.Do(ann_, conversation, chat::RemoveMemberCommand{bo_});
        return;
      case OpKind::kRename:
        backend_.Do(ann_, conversation, chat::UpdateCommand{std::to_string(++texts_), {}});
        return;
      case OpKind::kWait:
        return backend_.clock().Advance(std::chrono::minutes(5));
      default:
        return Disturb(op);
    }
  }

  /// Nothing disturbs any more: the client comes to hold what the server has.
  void Check() {
    bus_.losing = false;
    Release();
    // A client asks now and then whether it has everything.
    Disconnect();
    for (int i = 0; i < 10'000 && !(state_.live() && heard_ == Frames() && questions_.empty()); ++i) {
      Connect();
      Drain();
      Hear(1'000);
      if (!questions_.empty()) Answer(/*fails=*/false);
    }
    RC_ASSERT(state_.live());
    for (const ConversationId conversation : conversations_) CheckConversation(conversation);
  }

 private:
  void TestBody() override {}

  void Disturb(const Op& op) {
    switch (op.kind) {
      case OpKind::kLose:
        bus_.losing = true;
        return;
      case OpKind::kFind:
        bus_.losing = false;
        return;
      case OpKind::kHoldReads:
        holding_ = true;
        return backend_.controls().HoldReads();
      case OpKind::kReleaseReads:
        return Release();
      case OpKind::kSlow:
        if (connection_) connection_->socket.slow = true;
        return;
      case OpKind::kDrain:
        return Drain();
      case OpKind::kHear:
        return Hear(op.what);
      case OpKind::kAnswer:
        return Answer(/*fails=*/false);
      case OpKind::kFailAnswer:
        return Answer(/*fails=*/true);
      case OpKind::kConnect:
        return Connect();
      case OpKind::kDisconnect:
        return Disconnect();
      default:
        return Follow(state_.Resume());
    }
  }

  void Release() {
    holding_ = false;
    backend_.controls().ReleaseReads();
    backend_.On([] {});
  }
  void Drain() {
    if (!connection_) return;
    connection_->socket.slow = false;
    connection_->Drain();
  }

  void Connect() {
    if (connection_) return;
    connection_ = std::make_unique<gateway::TestClient>(backend_, sessions_, bo_caller_,
                                                        gateway::Start::kResume);
    heard_ = 0;
  }
  void Disconnect() {
    if (!connection_) return;
    connection_.reset();
    heard_ = 0;
    questions_.clear();
    state_.OnDisconnected();
  }
  std::size_t Frames() const { return connection_ ? connection_->socket.frames.size() : 0; }

  void Hear(std::size_t count) {
    for (std::size_t i = 0; i < count && heard_ < Frames(); ++i) {
      const std::string text = connection_->socket.frames[heard_++];
      Result<client::ServerFrame> frame = client::ParseFrame(text);
      RC_ASSERT(frame.ok());
      Follow(std::visit([this](auto& body) { return Take(body); }, *frame));
    }
    if (connection_ && connection_->socket.closed) Disconnect();
  }
  client::Actions Take(client::ReadyFrame& ready) { return state_.OnReady(ready); }
  client::Actions Take(client::SyncFrame& sync) { return state_.OnSync(std::move(sync)); }
  client::Actions Take(client::ChangeFrame& frame) {
    return state_.OnChange(std::move(frame.change));
  }
  client::Actions Take(client::InboxFrame& inbox) { return state_.OnInbox(std::move(inbox)); }
  template <class Other>
  client::Actions Take(Other& /*frame*/) {
    return {};
  }

  void Follow(client::Actions actions) {
    for (client::Action& action : actions) {
      if (auto* deliver = std::get_if<client::Deliver>(&action)) {
        owner_.Take(deliver->event);
      } else if (std::holds_alternative<client::Reconnect>(action)) {
        return Disconnect();
      } else if (auto* text = std::get_if<client::SendText>(&action)) {
        owner_.resume = text->frame;
        if (connection_) connection_->Say(std::move(text->frame));
      } else {
        questions_.push_back(std::move(action));
      }
    }
  }

  /// Over HTTP, which answers nothing while the server's reads are held.
  void Answer(bool fails) {
    if (questions_.empty() || holding_) return;
    const client::Action question = std::move(questions_.front());
    questions_.pop_front();
    const Status failure = fails ? Unavailable("not now") : Status::Ok();
    if (const auto* list = std::get_if<client::FetchList>(&question)) {
      Follow(fails ? state_.OnList(list->ticket, failure) : state_.OnList(list->ticket, List()));
    } else if (const auto* changes = std::get_if<client::FetchChanges>(&question)) {
      Follow(state_.OnChangesFetched(
          *changes, fails ? Result<client::ChangePage>(failure) : Changes(*changes)));
    } else if (const auto* object = std::get_if<client::FetchConversation>(&question)) {
      Follow(state_.OnConversationFetched(
          *object, fails ? Result<client::Conversation>(failure) : Get(object->conversation)));
    }
  }
  std::vector<client::Conversation> List() {
    std::vector<client::Conversation> list;
    const auto page = backend_.Run(backend_.chat().List(bo_, {.limit = 100, .cursor = {}}));
    RC_ASSERT(page.ok());
    RC_ASSERT(!page->next_cursor.has_value());
    list.reserve(page->items.size());
    for (const ConversationView& view : page->items) list.push_back(ToClient(view));
    return list;
  }
  Result<client::Conversation> Get(ConversationId conversation) {
    const auto view = backend_.Run(backend_.chat().Get(bo_, conversation));
    if (!view.ok()) return view.status();
    return ToClient(*view);
  }
  Result<client::ChangePage> Changes(const client::FetchChanges& asked) {
    const auto page =
        backend_.Run(backend_.chat().ReadChanges(bo_, asked.conversation, asked.after, 3));
    if (!page.ok()) return page.status();
    client::ChangePage told{.items = {}, .last_seq = page->last_seq, .reset = page->reset};
    for (const ChangeView& change : page->items) {
      told.items.push_back(
          FromJson<client::Change>(wire::EncodeChange(change), client::ParseChange));
    }
    return told;
  }

  void CheckConversation(ConversationId conversation) {
    const std::vector<EntryPtr> log = *backend_.Run(backend_.store().conversations().ReadEntries(
        conversation, Seq(), 100'000, std::size_t{1} << 30));
    std::set<Seq> visible;  // to bob
    std::set<Seq> removals;
    bool member = true;
    for (const EntryPtr& entry : log) {
      const auto* change = std::get_if<MembersBody>(&entry->body);
      if (change != nullptr && !change->added.empty()) member = true;
      if (member) visible.insert(entry->seq);
      if (change == nullptr || change->removed.empty()) continue;
      member = false;
      removals.insert(entry->seq);
    }
    const auto held = owner_.have.find(conversation);
    RC_ASSERT((held != owner_.have.end()) == member);
    if (member) RC_ASSERT(held->second == Seq(log.size()));
    RC_ASSERT(state_.Have(conversation) == (member ? std::optional(held->second) : std::nullopt));
    for (const Owner::Told& told : owner_.told[conversation]) {
      RC_ASSERT(visible.contains(told.seq));
      const Entry& entry = *log[told.seq.value() - 1];
      RC_ASSERT(told.actor == entry.actor);
      RC_ASSERT((told.kind == "message") == entry.is_message());
      if (entry.is_message()) RC_ASSERT(told.text == entry.message().text);
    }
    // Nothing is skipped of a stay: only who was away in between starts anew. The going itself may
    // be the last that the client was told.
    for (const Owner::Jump& jump : owner_.jumps) {
      if (jump.conversation != conversation || jump.from == jump.to) continue;
      const auto removal = removals.lower_bound(jump.from);
      RC_ASSERT(removal != removals.end());
      RC_ASSERT(*removal < jump.to);
    }
  }

  User Profile() const {
    User bob;
    bob.id = bo_;
    bob.username = "bob";
    return bob;
  }

  const User profile_ = Profile();
  std::vector<ConversationId> conversations_{group_, backend_.Group(ann_, {bo_, cy_})};
  std::size_t texts_ = 0;
  bool holding_ = false;
  client::SyncState state_;
  Owner owner_;
  const auth::Caller bo_caller_ = CallerOf(bo_);
  std::unique_ptr<gateway::TestClient> connection_;
  std::size_t heard_ = 0;  ///< frames of this connection
  std::deque<client::Action> questions_;
};

RC_GTEST_PROP(SyncProperty, WhateverHappens_TheClientToldTheLogInOrderOnce, ()) {
  const std::vector<Op> ops = *Ops();
  World world;
  for (const Op& op : ops) world.Do(op);
  world.Check();
}

}  // namespace
}  // namespace parley
