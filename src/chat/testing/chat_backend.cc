#include "chat/testing/chat_backend.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/core.h>

namespace parley::chat {
namespace {

std::string KindName(bus::Event::Kind kind) {
  switch (kind) {
    case bus::Event::Kind::kChange:
      return "change";
    case bus::Event::Kind::kConversation:
      return "inbox";
    case bus::Event::Kind::kLeft:
      return "left";
    case bus::Event::Kind::kSessionsEnded:
      return "ended";
    case bus::Event::Kind::kMomentary:
      return "momentary";
    case bus::Event::Kind::kHead:
      return "head";
  }
  return "unknown";
}

}  // namespace

StatusCode CodeOf(const Answer& answer) {
  return answer->has_value() ? (*answer)->status().code() : StatusCode::kCancelled;
}

Seq SeqOf(const Answer& answer) {
  return CodeOf(answer) == StatusCode::kOk && (**answer)->entry ? (**answer)->entry->seq : Seq();
}

void EventLog::OnEvent(const bus::EventPtr& event) {
  if (event->kind == bus::Event::Kind::kMomentary) {
    passing.emplace_back(event->frame.payload());
    return;
  }
  told.push_back(fmt::format("{} {}", KindName(event->kind), event->seq.value()));
  if (event->kind != bus::Event::Kind::kChange) return;
  changes.emplace_back(event->frame.payload());
  seqs.push_back(event->seq);
}

std::vector<std::unique_ptr<runtime::Shard>> ChatWorld::MakeShards(std::size_t count) {
  std::vector<std::unique_ptr<runtime::Shard>> shards;
  shards.reserve(count);
  for (std::size_t i = 0; i < count; ++i) shards.push_back(std::make_unique<runtime::Shard>());
  return shards;
}

std::vector<runtime::Shard*> ChatWorld::Shards() const {
  std::vector<runtime::Shard*> shards;
  shards.reserve(shards_.size());
  for (const auto& shard : shards_) shards.push_back(shard.get());
  return shards;
}

ChatWorld::ChatWorld(Kind kind, std::size_t nodes)
    : kind(kind),
      shards_(MakeShards(nodes)),
      still_(nodes, false),
      local_bus(Shards(), std::chrono::milliseconds(0)),  // tests do not wait
      store(kind == Kind::kOneProcess ? storage::memory::Form::kLocal
                                      : storage::memory::Form::kDistributed,
            clock) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < nodes; ++i) {
    fleets_.push_back(
        std::make_unique<TestFleet>(bus::NodeId(Uuid::Version7(clock.Now(), random))));
    all.push_back(i);
  }
  SetFleet(all);
}

void ChatWorld::SetFleet(const std::vector<std::size_t>& nodes) {
  bus::FleetView view;
  view.nodes.reserve(nodes.size());
  for (const std::size_t node : nodes) view.nodes.push_back({fleets_[node]->self(), "node", false});
  for (const auto& fleet : fleets_) fleet->SetView(view);
}

bool ChatWorld::RunUntilIdle() {
  bool ran = false;
  for (bool any = true; any;) {
    any = false;
    for (std::size_t i = 0; i < shards_.size(); ++i)
      any |= !still_[i] && shards_[i]->RunUntilIdle();
    ran |= any;
  }
  return ran;
}

ChatBackend::ChatBackend(Limits limits)
    : ChatBackend(std::make_shared<ChatWorld>(ChatWorld::Kind::kOneProcess), 0, limits) {}

ChatBackend::ChatBackend(std::shared_ptr<ChatWorld> world, std::size_t node, Limits limits)
    : world_(std::move(world)),
      node_(node),
      limits_(limits),
      clock_(world_->clock),
      random_(world_->random),
      shard_(world_->shard(node)),
      store_(world_->store),
      chat_(NewService()) {}

ChatBackend::~ChatBackend() {
  world_->Stand(node_, false);
  store_.controls().FailReads(Status::Ok());
  store_.controls().ReleaseReads();
  store_.controls().ReleaseCommits();
  while (world_->RunUntilIdle() || store_.controls().appends_under_way() > 0) {
    std::this_thread::yield();
  }
  // Whatever was taken is answered by now; what the answers began is refused.
  store_.Stop();
  while (world_->RunUntilIdle()) {
  }
  On([this] { chat_.reset(); });
}

std::unique_ptr<ChatService> ChatBackend::NewService() {
  ChatDependencies dependencies;
  dependencies.shards = {&shard_};
  dependencies.store = &store_;
  dependencies.bus = &world_->bus();
  dependencies.clock = &clock_;
  dependencies.random = &random_;
  dependencies.limits = limits_;
  dependencies.receipts_max_members = 10;
  dependencies.typing_lasts = kTypingLasts;
  if (world_->kind == ChatWorld::Kind::kOneProcess) {
    dependencies.effects = EffectsAre::kInTheSameWrite;
  } else {
    dependencies.fleet = &world_->fleet(node_);
    dependencies.head_repeats = {
        .first = kFirstRepeat, .last = kLastRepeat, .beat = std::chrono::milliseconds(1)};
  }
  dependencies.fingerprint_key.fill(1);
  dependencies.identity_key.fill(2);
  dependencies.cursor_key.fill(3);
  return std::make_unique<ChatService>(std::move(dependencies));
}

void ChatBackend::Restart() {
  On([this] { chat_.reset(); });
  chat_ = NewService();
}

void ChatBackend::RunUntil(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited too long";
    if (!world_->RunUntilIdle()) std::this_thread::yield();
  }
}

void ChatBackend::On(std::function<void()> work) {
  shard_.Post(std::move(work));
  while (world_->RunUntilIdle()) {
  }
}

UserId ChatBackend::Person(const std::string& username) {
  User user;
  user.id = UserId(Uuid::Version7(clock_.Now(), random_));
  user.username = username;
  user.display_name = username;
  user.created_at = clock_.Now();
  const Status created = Run(store_.accounts().CreateUser(user, "hash"));
  EXPECT_TRUE(created.ok()) << created.ToString();
  return user.id;
}

std::vector<UserId> ChatBackend::People(const std::string& prefix, std::size_t count) {
  std::vector<UserId> people;
  for (std::size_t i = 0; i < count; ++i) people.push_back(Person(fmt::format("{}{}", prefix, i)));
  return people;
}

ClientId ChatBackend::NewClientId() { return ClientId(Uuid::Version7(clock_.Now(), random_)); }

Answer ChatBackend::Submit(UserId caller, ConversationId conversation, CommandBody body) {
  auto answer = std::make_shared<std::optional<Result<CommandAnswer>>>();
  auto given = std::make_shared<CommandBody>(std::move(body));
  On([this, caller, conversation, given, answer] {
    chat_->Submit(conversation, caller, std::move(*given),
                  [answer](Result<CommandAnswer> result) { answer->emplace(std::move(result)); });
  });
  return answer;
}

Answer ChatBackend::Await(Answer answer) {
  RunUntil([&] { return answer->has_value(); });
  return answer;
}

Answer ChatBackend::Do(UserId caller, ConversationId conversation, CommandBody body) {
  return Await(Submit(caller, conversation, std::move(body)));
}

Answer ChatBackend::SubmitHeld(UserId caller, ConversationId conversation, CommandBody body) {
  Answer answer = Submit(caller, conversation, std::move(body));
  RunUntil([this] { return controls().appends_under_way() > 0; });
  return answer;
}

SendCommand ChatBackend::Text(std::string text) {
  return {NewClientId(), std::move(text), {}, std::nullopt};
}

void ChatBackend::Chatter(UserId sender, ConversationId conversation, std::size_t count) {
  Answer last;
  for (std::size_t i = 0; i < count; ++i) {
    last = Submit(sender, conversation, Text(fmt::format("chatter {}", i)));
  }
  EXPECT_EQ(CodeOf(Await(last)), StatusCode::kOk);
}

ConversationId ChatBackend::Group(UserId creator, std::vector<UserId> others,
                                  HistoryPolicy history) {
  CreateRequest request;
  request.member_ids = std::move(others);
  request.title = "a group";
  request.history = history;
  auto created = Run(chat_->Create(creator, std::move(request)));
  EXPECT_TRUE(created.ok()) << created.status().ToString();
  return created->first.snapshot->info.id;
}

ConversationId ChatBackend::Direct(UserId creator, UserId other) {
  CreateRequest request;
  request.kind = ConversationKind::kDirect;
  request.member_ids = {other};
  auto created = Run(chat_->Create(creator, std::move(request)));
  EXPECT_TRUE(created.ok()) << created.status().ToString();
  return created->first.snapshot->info.id;
}

Answer ChatBackend::Add(UserId admin, ConversationId conversation, std::vector<UserId> users) {
  auto found = Run(store_.accounts().FindUsers(std::move(users)));
  return Do(admin, conversation, AddMembersCommand{*std::move(found)});
}

std::unique_ptr<EventLog> ChatBackend::Listen(UserId user) {
  auto log = std::make_unique<EventLog>();
  On([&] { log->subscription_ = world_->bus().Subscribe(user, *log); });
  return log;
}

ConversationView ChatBackend::Get(UserId caller, ConversationId conversation) {
  auto view = Run(chat_->Get(caller, conversation));
  EXPECT_TRUE(view.ok()) << view.status().ToString();
  return *std::move(view);
}

StatusCode ChatBackend::GetCode(UserId caller, ConversationId conversation) {
  return Run(chat_->Get(caller, conversation)).status().code();
}

std::vector<std::string> ChatBackend::Texts(UserId caller, ConversationId conversation) {
  MessageRange range;
  range.limit = Limits::kPageMax;
  const auto page = Run(chat_->ReadMessages(caller, conversation, range));
  EXPECT_TRUE(page.ok()) << page.status().ToString();
  std::vector<std::string> texts;
  for (const auto& entry : page->items) texts.push_back(entry->message().text);
  return texts;
}

std::vector<ConversationId> ChatBackend::Listed(UserId caller) {
  const auto page = Run(chat_->List(caller, Page()));
  EXPECT_TRUE(page.ok()) << page.status().ToString();
  std::vector<ConversationId> ids;
  for (const ConversationView& view : page->items) ids.push_back(view.snapshot->info.id);
  return ids;
}

}  // namespace parley::chat
