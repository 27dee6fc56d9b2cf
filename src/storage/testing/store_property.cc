#include "storage/testing/store_property.h"

#include <algorithm>
#include <future>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <rapidcheck/gtest.h>

namespace parley::storage {
namespace {

constexpr std::size_t kUsers = 4;
constexpr std::size_t kLogs = 3;

enum class OpKind {
  kMessage,  ///< said by `user`, mentions another
  kMember,   ///< `user` comes, goes or gets another role
  kTitle,
  kCommit,      ///< what gathered in the log, as one append
  kConflict,    ///< an append whose head is not the store's
  kApplyAgain,  ///< the effects of an earlier append
  kPosition,    ///< of `user`
  kReopen,
};

struct Op {
  OpKind kind = OpKind::kMessage;
  std::size_t log = 0;
  std::size_t user = 0;
  std::size_t what = 0;
};

void showValue(const Op& op, std::ostream& out) {  // NOLINT(readability-identifier-naming)
  static constexpr const char* kNames[] = {"Message",  "Member",     "Title",    "Commit",
                                           "Conflict", "ApplyAgain", "Position", "Reopen"};
  out << kNames[static_cast<std::size_t>(op.kind)] << "(log " << op.log << ", user " << op.user
      << ", " << op.what << ")";
}

rc::Gen<std::vector<Op>> Ops() {
  const auto kind = rc::gen::weightedElement<OpKind>({{20, OpKind::kMessage},
                                                      {10, OpKind::kMember},
                                                      {5, OpKind::kTitle},
                                                      {20, OpKind::kCommit},
                                                      {3, OpKind::kConflict},
                                                      {5, OpKind::kApplyAgain},
                                                      {15, OpKind::kPosition},
                                                      {1, OpKind::kReopen}});
  // A third of the usual size: an operation on a store takes as long as many in memory.
  return rc::gen::scale(
      0.35, rc::gen::container<std::vector<Op>>(rc::gen::construct<Op>(
                kind, rc::gen::inRange<std::size_t>(0, kLogs),
                rc::gen::inRange<std::size_t>(0, kUsers), rc::gen::inRange<std::size_t>(0, 60))));
}

/// What one conversation must show: the log as its builder has it, and the rows beside it by the
/// rules of conversation_store.h in their plainest form.
struct Model {
  explicit Model(UserId founder) : log({founder}, "log") {}

  struct Place {
    Seq joined_seq;  ///< of the stay that the position belongs to
    Position position;
    TimePoint at;
  };

  void Take(const PositionRow& row) {
    Place& place = places[row.user];
    if (row.joined_seq < place.joined_seq) return;
    if (row.joined_seq > place.joined_seq) place = {row.joined_seq, {}, {}};
    if (place.position.MergeFrom(row.position)) place.at = std::max(place.at, row.at);
  }
  void Take(const AppendRequest& request) {
    for (const MemberEffect& effect : request.effects.members) changed[effect.user] = effect.at;
    for (const MentionRow& mention : request.effects.mentions) {
      mentions[mention.user].insert(mention.seq);
    }
  }

  std::optional<Membership> MembershipOf(UserId user) const {
    for (const Member& member : log.members()) {
      if (member.user != user) continue;
      Membership own{log.id(), member, {}, changed.at(user)};
      const auto place = places.find(user);
      if (place != places.end() && place->second.joined_seq == member.joined_seq) {
        own.position = place->second.position;
        own.changed_at = std::max(own.changed_at, place->second.at);
      }
      return own;
    }
    return std::nullopt;
  }

  LogBuilder log;
  std::map<UserId, Place> places;
  std::map<UserId, TimePoint> changed;  ///< when the row of a member was last written
  std::map<UserId, std::set<Seq>> mentions;
  std::vector<std::shared_ptr<AppendRequest>> appended;
  bool gathered = true;  ///< the builder is ahead of the store
};

/// Keeps the store open between the runs, each of which makes its own people and conversations.
class Subject {
 public:
  explicit Subject(StoreFactory& factory) : factory_(factory), store_(factory.Open()) {}
  ~Subject() { store_->Stop(); }

  ConversationStore& operator*() { return store_->conversations(); }
  ConversationStore* operator->() { return &store_->conversations(); }

  void Reopen() {
    if (!factory_.traits().persistent) return;
    store_->Stop();
    store_.reset();
    store_ = factory_.Open();
  }
  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }
  template <class T>
  T Get(runtime::Task<Result<T>> task) {
    Result<T> result = Run(std::move(task));
    RC_ASSERT(result.ok());
    return *std::move(result);
  }
  AppendOutcome Append(const std::shared_ptr<const AppendRequest>& request) {
    std::promise<AppendOutcome> answer;
    store_->conversations().Append(request,
                                   [&answer](AppendOutcome outcome) { answer.set_value(outcome); });
    return answer.get_future().get();
  }

 private:
  StoreFactory& factory_;
  runtime::Shard shard_;
  std::unique_ptr<Store> store_;
};

class Operations {
 public:
  explicit Operations(Subject& store) : store_(store) {
    for (std::size_t i = 0; i < kUsers; ++i) users_.push_back(NewId<UserId>());
    for (std::size_t i = 0; i < kLogs; ++i) {
      models_.emplace_back(users_[i]);
      Commit(models_.back());
    }
  }

  void Do(const Op& op) {
    Model& model = models_[op.log];
    const UserId user = users_[op.user];
    switch (op.kind) {
      case OpKind::kMessage:
        model.log.Message(user, std::string(op.what * 10, 'x'), {users_[op.what % kUsers]});
        model.gathered = true;
        return;
      case OpKind::kMember:
        return ChangeMember(model, user, op.what);
      case OpKind::kTitle:
        model.log.Title(std::to_string(op.what));
        model.gathered = true;
        return;
      case OpKind::kCommit:
        Commit(model);
        break;
      case OpKind::kConflict:
        RC_ASSERT(store_.Append(model.appended[op.what % model.appended.size()]) ==
                  AppendOutcome::kConflict);
        break;
      case OpKind::kApplyAgain:
        ApplyAgain(model, op.what);
        break;
      case OpKind::kPosition:
        WritePosition(model, user, op.what);
        break;
      case OpKind::kReopen:
        store_.Reopen();
        break;
    }
    if (!model.gathered) Look(model, user);
  }

  void Check() {
    for (Model& model : models_) {
      Commit(model);
      Check(model);
    }
    for (const UserId user : users_) CheckMemberships(user);
  }

 private:
  static void ChangeMember(Model& model, UserId user, std::size_t what) {
    const std::vector<Member> members = model.log.members();
    const bool member =
        std::ranges::any_of(members, [&](const Member& m) { return m.user == user; });
    if (!member) {
      model.log.Add(user);
    } else if (what % 2 == 0) {
      model.log.Remove(user);
    } else {
      model.log.SetRole(user, what % 3 == 0 ? Role::kMember : Role::kAdmin);
    }
    model.gathered = true;
  }

  void Commit(Model& model) {
    if (!model.gathered) return;
    model.gathered = false;
    const std::shared_ptr<AppendRequest> request = model.log.Take();
    RC_ASSERT(store_.Append(request) == AppendOutcome::kCommitted);
    model.Take(*request);
    model.appended.push_back(request);
  }

  void ApplyAgain(const Model& model, std::size_t what) {
    const AppendRequest& request = *model.appended[what % model.appended.size()];
    RC_ASSERT(
        store_
            .Run(store_->ApplyEffects(request.conversation, request.effects, request.new_head.seq))
            .ok());
  }

  /// Of the present stay mostly, sometimes of an earlier or none; never of a later one, which
  /// nobody can know.
  void WritePosition(Model& model, UserId user, std::size_t what) {
    Commit(model);
    Seq joined(1 + what % model.log.head().seq.value());
    const auto own = model.MembershipOf(user);
    if (own && (what % 4 != 0 || joined > own->member.joined_seq)) joined = own->member.joined_seq;
    const PositionRow row{
        .conversation = model.log.id(),
        .user = user,
        .joined_seq = joined,
        .position = {.read = Seq(what), .read_n = what, .delivered = Seq(60 - what)},
        .at = FromMillis(1'900'000'000'000 + ++time_)};
    RC_ASSERT(store_.Run(store_->WritePositions({row})).ok());
    model.Take(row);
  }

  /// At a little, after each operation: it also brings into the caches what the next may change.
  void Look(const Model& model, UserId user) {
    const SnapshotPtr shown = store_.Get(store_->ReadSnapshot(model.log.id(), ReadMode::kCached));
    RC_ASSERT(shown->head == model.log.head());
    RC_ASSERT(*shown->members == model.log.members());
    CheckMembership(model, user);
    CheckSame(
        store_.Get(store_->ReadEntries(model.log.id(), model.log.head().seq.Previous(), 3, 1)),
        {model.log.entries().back()});
  }

  void CheckMembership(const Model& model, UserId user) {
    const auto shown = store_.Get(store_->FindMembership(user, model.log.id()));
    const auto expected = model.MembershipOf(user);
    RC_ASSERT(shown.has_value() == expected.has_value());
    if (shown) CheckSame(*shown, *expected);
  }

  void Check(Model& model) {
    const LogBuilder& log = model.log;
    CheckSnapshot(log);
    CheckEntries(log);
    RC_ASSERT(store_.Get(store_->ReadApplied(log.id())) == log.head().seq);
    CheckSent(model);
    std::vector<Position> positions;
    for (const Member& member : log.members()) {
      positions.push_back(model.MembershipOf(member.user)->position);
    }
    RC_ASSERT(store_.Get(store_->ReadPositions(log.id(), log.members())) == positions);
    for (const UserId user : users_) {
      CheckMembership(model, user);
      const auto& mentions = model.mentions[user];
      const Seq after(log.head().seq.value() / 2);
      const auto count = std::distance(mentions.upper_bound(after), mentions.end());
      RC_ASSERT(store_.Get(store_->CountMentions(user, log.id(), after, 1'000)) ==
                static_cast<std::size_t>(count));
    }
  }

  /// When positions rose may differ, where several lay unmerged: never to earlier.
  static void CheckSame(Membership shown, const Membership& expected) {
    RC_ASSERT(shown.changed_at >= expected.changed_at);
    shown.changed_at = expected.changed_at;
    RC_ASSERT(shown == expected);
  }

  void CheckSnapshot(const LogBuilder& log) {
    for (const ReadMode mode : {ReadMode::kCached, ReadMode::kFresh}) {
      const SnapshotPtr shown = store_.Get(store_->ReadSnapshot(log.id(), mode));
      RC_ASSERT(shown->info == log.info());
      RC_ASSERT(shown->head == log.head());
      RC_ASSERT(*shown->members == log.members());
      RC_ASSERT((shown->last_message == nullptr) == (log.last_message() == nullptr));
      if (shown->last_message) RC_ASSERT(*shown->last_message == *log.last_message());
    }
  }

  static void CheckSame(const std::vector<EntryPtr>& shown, const std::vector<EntryPtr>& expected) {
    RC_ASSERT(shown.size() == expected.size());
    for (std::size_t i = 0; i < shown.size(); ++i) RC_ASSERT(*shown[i] == *expected[i]);
  }

  void CheckEntries(const LogBuilder& log) {
    const std::vector<EntryPtr>& all = log.entries();
    CheckSame(store_.Get(store_->ReadEntries(log.id(), Seq(), 10'000, 10'000'000)), all);
    const std::size_t middle = all.size() / 2;
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(middle);
    const std::size_t some = std::min<std::size_t>(3, all.size() - middle);
    CheckSame(store_.Get(store_->ReadEntries(log.id(), Seq(middle), 3, 10'000'000)),
              std::vector(from, from + static_cast<std::ptrdiff_t>(some)));
    std::vector<EntryPtr> after;
    std::vector<EntryPtr> before;
    for (const EntryPtr& entry : all) {
      if (entry->is_message()) (entry->seq > Seq(middle) ? after : before).push_back(entry);
    }
    if (after.size() > 3) after.resize(3);
    if (before.size() > 3) before.erase(before.begin(), before.end() - 3);
    using Direction = MessageSlice::Direction;
    CheckSame(store_.Get(store_->ReadMessages(log.id(), {Direction::kAfter, Seq(middle), 3})),
              after);
    CheckSame(store_.Get(store_->ReadMessages(log.id(), {Direction::kBefore, Seq(middle + 1), 3})),
              before);
  }

  void CheckSent(const Model& model) {
    for (const auto& request : model.appended) {
      for (const SentRow& sent : request->effects.sent) {
        RC_ASSERT(store_->MayHaveSent(model.log.id(), sent.sender, sent.client_id));
      }
    }
    if (model.log.last_message() == nullptr) return;
    const SentRow& last = model.log.last_sent();
    const auto find = [&](TimePoint not_before) {
      return store_.Get(store_->FindSent(model.log.id(), last.sender, last.client_id, not_before));
    };
    RC_ASSERT(find({}) == std::optional(last));
    RC_ASSERT(find(last.at + std::chrono::milliseconds(1)) == std::nullopt);
  }

  void CheckMemberships(UserId user) {
    std::map<ConversationId, Membership> shown;
    for (const Membership& one : store_.Get(store_->ReadMemberships(user))) {
      RC_ASSERT(shown.emplace(one.conversation, one).second);
    }
    for (const Model& model : models_) {
      const auto expected = model.MembershipOf(user);
      RC_ASSERT(shown.contains(model.log.id()) == expected.has_value());
      if (expected) CheckSame(shown.at(model.log.id()), *expected);
      shown.erase(model.log.id());
    }
    RC_ASSERT(shown.empty());
  }

  Subject& store_;
  std::vector<UserId> users_;
  std::vector<Model> models_;
  std::int64_t time_ = 0;
};

}  // namespace

void CheckRandomOperations(StoreFactory& factory) {
  Subject store(factory);
  rc::detail::checkGTest([&store] {
    const std::vector<Op> ops = *Ops();
    Operations operations(store);
    for (const Op& op : ops) operations.Do(op);
    operations.Check();
  });
}

}  // namespace parley::storage
