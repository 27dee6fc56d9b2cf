// ChatService under random commands, retries, failing and held commits, and restarts, held to a
// plain model of a conversation (promises I1, I2, I3 and I5). RapidCheck makes the commands, and
// the shortest that fail of those that do; RC_PARAMS="seed=…" runs them again.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "chat/testing/chat_backend.h"

namespace parley::chat {
namespace {

using storage::AppendOutcome;
using storage::EntryPtr;
using storage::memory::Written;

// -- What happens ---------------------------------------------------------------------------------

enum class OpKind {
  kSend,
  kRetry,       ///< one of the earlier sends, word by word
  kRetryOther,  ///< the client_id of an earlier one, with another text
  kAdd,
  kRemove,
  kSetRole,
  kRename,
  kSetHistory,
  kMark,
  kLook,
  kFail,  ///< the next append
  kHold,
  kSettle,
  kRestart,
};

struct Op {
  OpKind kind = OpKind::kSend;
  std::size_t who = 0;   ///< gives the command
  std::size_t what = 0;  ///< it is about: taken modulo whatever there is
};

void showValue(const Op& op, std::ostream& out) {  // NOLINT(readability-identifier-naming)
  static constexpr const char* kNames[] = {"Send",    "Retry",  "RetryOther", "Add",    "Remove",
                                           "SetRole", "Rename", "SetHistory", "Mark",   "Look",
                                           "Fail",    "Hold",   "Settle",     "Restart"};
  out << kNames[static_cast<std::size_t>(op.kind)] << "(" << op.who << ", " << op.what << ")";
}

rc::Gen<std::vector<Op>> Ops() {
  const auto kind = rc::gen::weightedElement<OpKind>({{8, OpKind::kSend},
                                                      {4, OpKind::kRetry},
                                                      {1, OpKind::kRetryOther},
                                                      {3, OpKind::kAdd},
                                                      {2, OpKind::kRemove},
                                                      {2, OpKind::kSetRole},
                                                      {1, OpKind::kRename},
                                                      {1, OpKind::kSetHistory},
                                                      {3, OpKind::kMark},
                                                      {2, OpKind::kLook},
                                                      {2, OpKind::kFail},
                                                      {2, OpKind::kHold},
                                                      {2, OpKind::kSettle},
                                                      {1, OpKind::kRestart}});
  return rc::gen::container<std::vector<Op>>(rc::gen::construct<Op>(
      kind, rc::gen::inRange<std::size_t>(0, 4), rc::gen::inRange<std::size_t>(0, 32)));
}

// -- What a conversation is -----------------------------------------------------------------------

struct Seat {
  Role role = Role::kMember;
  Seq joined;
  Seq first;
  std::uint64_t first_n = 0;
};

/// Reads a log from its start, and refuses what no log may hold.
class Model {
 public:
  void Take(const Entry& entry) {
    RC_ASSERT(entry.seq == Seq(visible.size() + 1));
    n += entry.is_message() ? 1 : 0;
    RC_ASSERT(entry.n == n);
    std::set<UserId> told;
    for (const auto& [user, seat] : seats) told.insert(user);
    std::visit([&](const auto& body) { TakeBody(entry, body); }, entry.body);
    for (const auto& [user, seat] : seats) told.insert(user);
    visible.push_back(std::move(told));
    const auto is_admin = [](const auto& seat) { return seat.second.role == Role::kAdmin; };
    RC_ASSERT(seats.empty() || std::ranges::any_of(seats, is_admin));
  }

  std::map<UserId, Seat> seats;
  std::vector<std::set<UserId>> visible;  ///< of each entry: who may see it come
  std::uint64_t n = 0;

 private:
  bool IsAdmin(UserId user) const {
    const auto found = seats.find(user);
    return found != seats.end() && found->second.role == Role::kAdmin;
  }

  void TakeBody(const Entry& entry, const MessageBody& message) {
    RC_ASSERT(seats.contains(entry.actor));
    RC_ASSERT(sent_.emplace(entry.actor, message.client_id).second);  // said once
  }
  void TakeBody(const Entry& entry, const ConversationBody& body) {
    RC_ASSERT(body.created == (entry.seq == Seq(1)));
    for (const RoleChange& founder : body.founders) {
      seats[founder.user] = {founder.role, Seq(1), Seq(1), 0};
    }
    RC_ASSERT(IsAdmin(entry.actor));
    if (!body.created) {
      RC_ASSERT((body.title && *body.title != title_) ||
                (body.history && *body.history != history_));
    }
    title_ = body.title.value_or(title_);
    history_ = body.history.value_or(history_);
  }
  void TakeBody(const Entry& entry, const MembersBody& body) {
    const bool admin = IsAdmin(entry.actor);
    RC_ASSERT(seats.contains(entry.actor));
    RC_ASSERT(!(body.added.empty() && body.removed.empty() && body.roles.empty()));
    RC_ASSERT(admin || body.added.empty());
    const bool joined = history_ == HistoryPolicy::kJoined;
    for (const UserId user : body.added) {
      RC_ASSERT(!seats.contains(user));
      seats[user] = {Role::kMember, entry.seq, joined ? entry.seq : Seq(1), joined ? n : 0};
    }
    for (const UserId user : body.removed) {
      RC_ASSERT(admin || user == entry.actor);
      RC_ASSERT(seats.erase(user) == 1U);
    }
    for (const RoleChange& change : body.roles) {
      RC_ASSERT(admin);
      RC_ASSERT(seats.contains(change.user));
      seats[change.user].role = change.role;
    }
  }

  std::string title_;
  HistoryPolicy history_ = HistoryPolicy::kJoined;
  std::set<std::pair<UserId, ClientId>> sent_;
};

// -- The service under test -----------------------------------------------------------------------

class Chat {
 public:
  Chat() {
    for (const UserId person : people_) ears_.push_back(backend_.Listen(person));
  }

  void Do(const Op& op) {
    const UserId who = people_[op.who % people_.size()];
    const std::size_t what = op.what;
    switch (op.kind) {
      case OpKind::kSend:
        return Send({who, backend_.Text("hello " + std::to_string(sent_.size())), nullptr});
      case OpKind::kRetry:
        if (!sent_.empty()) Send(sent_[what % sent_.size()]);
        return;
      case OpKind::kRetryOther:
        if (!sent_.empty()) SendOther(sent_[what % sent_.size()]);
        return;
      case OpKind::kAdd:
        return Submit(who, AddMembersCommand{{profiles_[what % profiles_.size()]}});
      case OpKind::kRemove:
        return Submit(who, RemoveMemberCommand{people_[what % people_.size()]});
      case OpKind::kSetRole:
        return Submit(who, SetRoleCommand{people_[what % people_.size()],
                                          what % 3 == 0 ? Role::kMember : Role::kAdmin});
      case OpKind::kRename:
        return Submit(who, UpdateCommand{"title " + std::to_string(what % 3), {}});
      case OpKind::kSetHistory:
        return Submit(
            who, UpdateCommand{{}, what % 2 == 0 ? HistoryPolicy::kAll : HistoryPolicy::kJoined});
      case OpKind::kMark:
        return Mark(who, Seq(what));
      case OpKind::kLook:
        return Look(who);
      case OpKind::kFail:
        return FailNext(what);
      case OpKind::kHold:
        return backend_.controls().HoldCommits();
      case OpKind::kSettle:
        return Settle();
      case OpKind::kRestart:
        Settle();
        return backend_.Restart();
    }
  }

  /// What must hold when all is said.
  void Check() {
    Settle();
    CheckOnce();
    backend_.Restart();  // and of what a new process finds
    CheckOnce();
    CheckHeard();
  }

 private:
  struct Sent {
    UserId sender;
    SendCommand message;
    Answer answer;
  };
  struct Marked {
    UserId user;
    Seq read;
    Seq head;  ///< when it was asked for
    Answer answer;
  };

  void Submit(UserId who, CommandBody command) {
    others_.push_back(backend_.Submit(who, group_, std::move(command)));
  }
  void Send(Sent sent) {
    sent.answer = backend_.Submit(sent.sender, group_, sent.message);
    sent_.push_back(std::move(sent));
  }
  void SendOther(Sent sent) {
    sent.message.text += ", or not";
    Send(std::move(sent));
  }
  /// The first of each person is awaited; later ones would wait for a second of real time.
  void Mark(UserId who, Seq read) {
    const bool first = marked_by_.insert(who).second;
    const MarkAnswer when = first ? MarkAnswer::kWhenWritten : MarkAnswer::kWhenTaken;
    const Answer answer = backend_.Submit(who, group_, MarkCommand{read, Seq(), when});
    if (first) marked_.push_back({who, read, Seq(Log().size()), answer});
    others_.push_back(answer);
  }
  /// What is shown is durable, and all that was acknowledged is shown.
  void Look(UserId who) {
    Seq acked;
    for (const Sent& sent : sent_) acked = std::max(acked, SeqOf(sent.answer));
    const auto view = backend_.Run(backend_.chat().Get(who, group_));
    if (!view.ok()) {
      RC_ASSERT(view.status().code() == StatusCode::kNotFound);
      return;
    }
    RC_ASSERT(view->snapshot->head.seq >= acked);
    RC_ASSERT(view->snapshot->head.seq <= Seq(Log().size()));
  }
  void FailNext(std::size_t how) {
    storage::memory::Controls& controls = backend_.controls();
    switch (how % 4) {
      case 0:
        return controls.FailNextAppend(AppendOutcome::kRefused);
      case 1:
        return controls.FailNextAppend(AppendOutcome::kConflict);
      case 2:
        return controls.FailNextAppend(AppendOutcome::kUnknown, Written::kNo);
      default:
        return controls.FailNextAppend(AppendOutcome::kUnknown, Written::kYes);
    }
  }
  /// Lets go, and waits for every answer.
  void Settle() {
    backend_.controls().ReleaseCommits();
    for (const Sent& sent : sent_) backend_.Await(sent.answer);
    for (const Answer& answer : others_) backend_.Await(answer);
  }

  std::vector<EntryPtr> Log() {
    return *backend_.Run(
        backend_.store().conversations().ReadEntries(group_, Seq(), 100'000, std::size_t{1} << 30));
  }

  void CheckOnce() {
    const std::vector<EntryPtr> log = Log();
    Model model;
    for (const EntryPtr& entry : log) model.Take(*entry);
    CheckAnswers(log);
    for (const UserId person : people_) {
      const auto seat = model.seats.find(person);
      seat != model.seats.end() ? CheckInside(person, seat->second, log, model)
                                : CheckOutside(person);
    }
  }

  void CheckAnswers(const std::vector<EntryPtr>& log) {
    static const std::set<StatusCode> kRefusals = {
        StatusCode::kUnavailable, StatusCode::kNotFound, StatusCode::kConflict,
        StatusCode::kPermissionDenied, StatusCode::kInvalidArgument};
    for (const Sent& sent : sent_) {
      if (CodeOf(sent.answer) != StatusCode::kOk) {
        RC_ASSERT(kRefusals.contains(CodeOf(sent.answer)));
        continue;
      }
      const Seq seq = SeqOf(sent.answer);
      RC_ASSERT(seq > Seq());
      RC_ASSERT(seq <= Seq(log.size()));
      const Entry& entry = *log[seq.value() - 1];
      RC_ASSERT(entry.actor == sent.sender);
      RC_ASSERT(entry.message().client_id == sent.message.client_id);
      RC_ASSERT(entry.message().text == sent.message.text);
    }
    for (const Answer& answer : others_) {
      if (CodeOf(answer) != StatusCode::kOk) RC_ASSERT(kRefusals.contains(CodeOf(answer)));
    }
  }

  void CheckOutside(UserId person) {
    RC_ASSERT(backend_.GetCode(person, group_) == StatusCode::kNotFound);
    const auto changes = backend_.Run(backend_.chat().ReadChanges(person, group_, Seq(), 10));
    RC_ASSERT(changes.status().code() == StatusCode::kNotFound);
    RC_ASSERT(std::ranges::count(backend_.Listed(person), group_) == 0);
  }

  void CheckInside(UserId person, const Seat& seat, const std::vector<EntryPtr>& log,
                   const Model& model) {
    const ConversationView view = backend_.Get(person, group_);
    RC_ASSERT(view.snapshot->head.seq == Seq(log.size()));
    RC_ASSERT(view.snapshot->members->size() == model.seats.size());
    RC_ASSERT(view.own.member.role == seat.role);
    RC_ASSERT(view.own.member.joined_seq == seat.joined);
    RC_ASSERT(view.own.member.first_seq == seat.first);
    RC_ASSERT(view.own.member.first_n == seat.first_n);
    CheckPosition(person, seat, view, log);
    const std::vector<EntryPtr> changes = Changes(person, seat.first);
    RC_ASSERT(changes.size() == log.size() - seat.first.Previous().value());
    for (const EntryPtr& change : changes) RC_ASSERT(*change == *log[change->seq.value() - 1]);
  }

  void CheckPosition(UserId person, const Seat& seat, const ConversationView& view,
                     const std::vector<EntryPtr>& log) {
    const Position& position = view.own.position;
    RC_ASSERT(position.read <= Seq(log.size()));
    for (const Sent& sent : sent_) {
      const Seq seq = SeqOf(sent.answer);
      if (sent.sender == person && seq > seat.joined) RC_ASSERT(position.read >= seq);
    }
    for (const Marked& mark : marked_) {
      if (mark.user != person || CodeOf(mark.answer) != StatusCode::kOk) continue;
      if (mark.head >= seat.joined && mark.read >= seat.first) {
        RC_ASSERT(position.read >= mark.read);
      }
    }
    std::uint64_t read_n = seat.first_n;
    if (position.read >= seat.first) {
      read_n = std::max(read_n, log[position.read.value() - 1]->n);
    }
    RC_ASSERT(view.unread_count == log.back()->n - read_n);
  }

  /// Page by page.
  std::vector<EntryPtr> Changes(UserId person, Seq first) {
    std::vector<EntryPtr> entries;
    Seq after = first.Previous();
    while (true) {
      const auto page = backend_.Run(backend_.chat().ReadChanges(person, group_, after, 7));
      RC_ASSERT(page.ok());
      RC_ASSERT(!page->reset);
      if (page->items.empty()) return entries;
      for (const ChangeView& change : page->items) {
        RC_ASSERT(change.entry->seq == after.Next());
        after = change.entry->seq;
        entries.push_back(change.entry);
      }
    }
  }

  /// Everybody hears, in order and once each, only what they may, in the same bytes.
  void CheckHeard() {
    Model model;
    for (const EntryPtr& entry : Log()) model.Take(*entry);
    std::map<Seq, std::string> bytes;
    for (std::size_t i = 0; i < people_.size(); ++i) {
      Seq last;
      for (std::size_t j = 0; j < ears_[i]->seqs.size(); ++j) {
        const Seq seq = ears_[i]->seqs[j];
        RC_ASSERT(seq > last);
        RC_ASSERT(model.visible.at(seq.value() - 1).contains(people_[i]));
        const auto [same, added] = bytes.emplace(seq, ears_[i]->changes[j]);
        RC_ASSERT(same->second == ears_[i]->changes[j]);
        last = seq;
      }
    }
  }

  ChatBackend backend_;
  const std::vector<UserId> people_ = backend_.People("person", 4);
  const std::vector<User> profiles_ = *backend_.Run(backend_.store().accounts().FindUsers(people_));
  const ConversationId group_ = backend_.Group(people_[0], {people_[1], people_[2]});
  std::vector<std::unique_ptr<EventLog>> ears_;  ///< of each person
  std::vector<Sent> sent_;
  std::vector<Marked> marked_;
  std::set<UserId> marked_by_;
  std::vector<Answer> others_;
};

RC_GTEST_PROP(ChatProperty, WhateverHappens_TheConversationIsWhatTheModelSays, ()) {
  const std::vector<Op> ops = *Ops();
  Chat chat;
  for (const Op& op : ops) chat.Do(op);
  chat.Check();
}

}  // namespace
}  // namespace parley::chat
