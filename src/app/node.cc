#include "app/node.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "app/backup_runner.h"
#include "app/bus_parts.h"
#include "app/control_commands.h"
#include "app/control_socket.h"
#include "app/fleet_member.h"
#include "app/keys.h"
#include "app/register_metrics.h"
#include "app/shard_watch.h"
#include "app/stats_sampler.h"
#include "app/store_parts.h"
#include "auth/accounts.h"
#include "auth/administration.h"
#include "auth/guess_guard.h"
#include "auth/invitations.h"
#include "auth/password_resets.h"
#include "auth/sign_up.h"
#include "base/clock.h"
#include "base/random.h"
#include "chat/chat_service.h"
#include "gateway/arrivals.h"
#include "gateway/sessions.h"
#include "http/api_service.h"
#include "http/ops_service.h"
#include "limits/rate_limits.h"
#include "metrics/counter_set.h"
#include "metrics/metrics.h"
#include "metrics/server_history.h"
#include "net/server.h"
#include "runtime/block_on.h"
#include "runtime/blocking_pool.h"
#include "runtime/shard.h"
#include "runtime/timer.h"
#include "storage/cached/cache_news.h"
#include "storage/cached/cached_store.h"

namespace parley::app {
namespace {

/// How often the service's time is kept, so that it never steps back by more than this over a
/// restart.
constexpr std::chrono::seconds kTimeKeeping{10};
/// Over which people are sent to other nodes while this one cannot do its work: what they say
/// waits.
constexpr std::chrono::seconds kSendAwaySpread{2};
/// How often the audit log forgets what is too old.
constexpr std::chrono::hours kAuditKeeping{24};

std::size_t ThreadCount(std::size_t configured) {
  return configured != 0 ? configured : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

/// In the order of making; destroyed in the reverse.
struct Node::Parts {
  Parts(const Config& with, ProcessLogger& to)
      : config(with),
        log(to),
        limits(config.limits),
        rates(config.rates, config.limits_enabled, random),
        of_account(config.limits_enabled ? config.server.max_websockets_per_account : 0),
        of_address(config.PublicServer().max_connections_per_address),
        arrivals(config.server.max_arrivals),
        reads(config.storage.read_threads, config.storage.read_queue),
        hashes(config.auth.hash_threads, config.auth.hash_queue),
        guesses(rates, random) {}

  const Config config;
  ProcessLogger& log;
  SystemClock system_clock;
  SystemRandom random;
  BufferedRandom id_random{random};
  LiveLimits limits;
  limits::RateLimits rates;
  limits::ConnectionCounts of_account;
  limits::ConnectionCounts of_address;
  gateway::Arrivals arrivals;
  std::vector<std::unique_ptr<runtime::Shard>> shards;
  runtime::BlockingPool reads;
  runtime::BlockingPool hashes;
  auth::GuessGuard guesses;
  std::unique_ptr<BusParts> bus;
  StoreParts stores;
  storage::cached::CachedStore* store = nullptr;  ///< of `stores`
  std::unique_ptr<MonotonicClock> clock;
  std::unique_ptr<runtime::Timer> time_keeper;
  std::unique_ptr<runtime::Timer> audit_keeper;
  std::unique_ptr<ShardWatch> shard_watch;
  std::unique_ptr<auth::PasswordHasher> hasher;
  std::unique_ptr<auth::InvitationService> invitations;
  std::unique_ptr<auth::SignUp> sign_up;
  std::unique_ptr<auth::PasswordResets> password_resets;
  std::unique_ptr<auth::Administration> administration;
  std::unique_ptr<auth::AccountService> accounts;
  std::unique_ptr<chat::ChatService> chat;
  std::unique_ptr<FleetMember> fleet_member;  ///< null where the node is alone
  std::unique_ptr<gateway::Sessions> sessions;
  metrics::CounterSet errors{"code", http::ErrorCodes()};
  metrics::Metrics metrics;
  metrics::ServerHistory history;
  std::unique_ptr<http::ApiService> api;
  std::unique_ptr<http::OpsService> ops;
  std::unique_ptr<net::Server> public_server;
  std::unique_ptr<StatsSampler> sampler;
  std::unique_ptr<net::Server> ops_server;
  std::unique_ptr<BackupRunner> backups;
  std::unique_ptr<ControlSocket> control;
  std::optional<std::string> admin_token;
  std::atomic<bool> draining{false};
  std::atomic<bool> serves{false};  ///< public_server was started
  bool stopped = false;

  Status OpenStore(const DataDir& dir, const std::stop_token& stop);
  Status MakeServices();
  void MakeChat(const InstallationKeys& keys);
  Status MakeAccounts();
  Status Listen(const DataDir& dir);
  void SendAway();
  void KeepTime();
  void KeepAudit();
  void Stop();

  std::vector<runtime::Shard*> ShardPointers() const;
  template <class T>
  T Await(runtime::Task<T> task) {
    return runtime::BlockOn(*shards.front(), std::move(task));
  }
};

std::vector<runtime::Shard*> Node::Parts::ShardPointers() const {
  std::vector<runtime::Shard*> pointers;
  pointers.reserve(shards.size());
  for (const std::unique_ptr<runtime::Shard>& shard : shards) pointers.push_back(shard.get());
  return pointers;
}

Status Node::Parts::OpenStore(const DataDir& dir, const std::stop_token& stop) {
  StoreEnvironment environment{
      .config = config, .dir = dir, .reads = reads, .log = log, .tell = nullptr, .stop = stop};
  if (bus::Fleet* fleet = bus->fleet()) {
    environment.tell = [fleet](const storage::cached::CacheNews& news) {
      fleet->Broadcast(kCacheTopic, storage::cached::EncodeNews(news));
    };
  }
  PARLEY_ASSIGN(stores, app::OpenStore(environment));
  store = stores.store.get();
  return Status::Ok();
}

Status Node::Parts::MakeAccounts() {
  hasher = std::make_unique<auth::PasswordHasher>(config.auth.argon2, hashes);
  invitations = std::make_unique<auth::InvitationService>(*store, *clock, random,
                                                          config.accounts.invitations, limits);
  sign_up =
      std::make_unique<auth::SignUp>(*store, *invitations, *clock, config.accounts.registration);
  password_resets =
      std::make_unique<auth::PasswordResets>(*store, *hasher, *clock, random, &guesses);
  administration = std::make_unique<auth::Administration>(*store, *sign_up, *clock, random, limits);
  accounts = std::make_unique<auth::AccountService>(
      store->accounts(), *hasher, *clock, random, config.accounts, limits, &guesses, sign_up.get());
  PARLEY_ASSIGN(admin_token, Await(administration->EnsureClaim()));
  return Status::Ok();
}

Status Node::Parts::MakeServices() {
  PARLEY_ASSIGN(const TimePoint last_time, Await(store->meta().ReadTime()));
  clock = std::make_unique<MonotonicClock>(system_clock, last_time);
  PARLEY_ASSIGN(const InstallationKeys keys, Await(ReadKeys(&store->meta(), &random)));

  PARLEY_TRY(MakeAccounts());

  MakeChat(keys);
  gateway::SessionEnvironment environment{.chat = *chat,
                                          .accounts = *accounts,
                                          .bus = bus->bus(),
                                          .presence = bus->presence(),
                                          .limits = limits};
  environment.momentary_bytes = config.server.options.outbox_bytes / 16;
  environment.momentary_frames = config.server.options.outbox_frames / 4;
  environment.errors = &errors;
  environment.heartbeat = config.server.options.heartbeat;
  environment.rates = &rates;
  environment.of_account = &of_account;
  environment.of_address = &of_address;
  environment.sign_ins = &arrivals.sign_ins;
  environment.syncs = &arrivals.syncs;
  sessions = std::make_unique<gateway::Sessions>(environment);
  return Status::Ok();
}

void Node::Parts::MakeChat(const InstallationKeys& keys) {
  chat = std::make_unique<chat::ChatService>(chat::ChatDependencies{
      .shards = ShardPointers(),
      .store = store,
      .bus = &bus->bus(),
      .fleet = bus->fleet(),
      .effects = stores.cluster == nullptr ? chat::EffectsAre::kInTheSameWrite
                                           : chat::EffectsAre::kFollowing,
      .clock = clock.get(),
      .random = &id_random,
      .limits = limits,
      .receipts_max_members = config.receipts_max_members,
      .max_waiting_bytes = config.waiting_bytes,
      .forward_timeout = config.bus.forward_timeout,
      .fingerprint_key = keys.fingerprints,
      .identity_key = keys.conversation_ids,
      .cursor_key = keys.cursors,
  });
  if (bus->fleet() == nullptr) return;
  fleet_member = std::make_unique<FleetMember>(FleetMember::Parts{
      .settings = config.bus,
      .bus = *bus,
      .store = *store,
      .signs = stores.cluster == nullptr ? nullptr : &stores.cluster->node_signs(),
      .chat = *chat,
      .clock = *clock,
      .fingerprint_key = keys.fingerprints,
      .shard = *shards.front(),
      .log = log,
      .send_away = [this] { SendAway(); }});
}

Status Node::Parts::Listen(const DataDir& dir) {
  http::ApiSettings settings;
  settings.features = http::FeaturesOfApi();
  settings.limits = limits;
  settings.origins = {config.server.public_url, config.server.trusted_proxies,
                      config.server.allowed_origins};
  api = std::make_unique<http::ApiService>(
      http::ApiDependencies{.accounts = accounts.get(),
                            .sign_up = sign_up.get(),
                            .invitations = invitations.get(),
                            .password_resets = password_resets.get(),
                            .administration = administration.get(),
                            .history = &history,
                            .chat = chat.get(),
                            .bus = &bus->bus(),
                            .sessions = sessions.get(),
                            .sign_ins = &arrivals.sign_ins,
                            .clock = clock.get(),
                            .random = &random,
                            .log = &log,
                            .errors = &errors,
                            .rates = &rates,
                            .web = http::BuiltInWebAssets()},
      std::move(settings));
  shard_watch = std::make_unique<ShardWatch>(ShardPointers());
  std::vector<http::ReadinessCheck> checks{
      {"server", [this] { return draining ? Unavailable("is stopping") : Status::Ok(); }},
      {"store", [this] { return store->health(); }}};
  if (fleet_member) {
    checks.push_back({"clock", [this] { return fleet_member->CheckClock(); }});
    checks.push_back({"bus", [this] { return fleet_member->CheckBus(); }});
  }
  ops = std::make_unique<http::OpsService>(metrics, std::move(checks),
                                           [this] { return shard_watch->health(); });
  public_server = std::make_unique<net::Server>(ShardPointers(), config.PublicServer(), *api);
  ops_server = std::make_unique<net::Server>(std::vector<runtime::Shard*>{shards.front().get()},
                                             config.OpsServer(), *ops);
  RegisterMetrics(metrics, {.store = store,
                            .shared_cache = stores.shared_cache.get(),
                            .server = public_server.get(),
                            .errors = &errors,
                            .api = api.get(),
                            .bus = bus.get(),
                            .stores = &stores,
                            .fleet_member = fleet_member.get(),
                            .sessions = sessions.get(),
                            .arrivals = &arrivals,
                            .rates = &rates,
                            .guesses = &guesses,
                            .chat = chat.get(),
                            .shard_watch = shard_watch.get(),
                            .reads = &reads,
                            .hashes = &hashes,
                            .log = &log,
                            .shards = ShardPointers(),
                            .cache_limits = CacheOptionsOf(config.cache),
                            .max_connections = config.server.options.max_connections});
  sampler = std::make_unique<StatsSampler>(
      *shards.front(), *clock,
      TotalsReader({store, public_server.get(), chat.get(), sessions.get()}), history);
  sampler->Start();
  shard_watch->Start();
  PARLEY_TRY(ops_server->Start());
  PARLEY_TRY(public_server->Start());
  serves = true;
  backups = std::make_unique<BackupRunner>(*store);
  PARLEY_ASSIGN(
      control,
      ControlSocket::Listen(*shards.front(), dir.path + "/control.sock", [this](std::string line) {
        return RunControlCommand({administration.get(), backups.get()}, std::move(line));
      }));
  time_keeper = std::make_unique<runtime::Timer>(*shards.front());
  audit_keeper = std::make_unique<runtime::Timer>(*shards.front());
  shards.front()->Post([this] {
    KeepTime();
    KeepAudit();
  });
  return Status::Ok();
}

void Node::Parts::KeepTime() {
  runtime::Spawn(*shards.front(), "keep time",
                 [](storage::MetaStore* meta, TimePoint now) -> runtime::Task<void> {
                   IgnoreStatus(co_await meta->WriteTime(now), "it is written again soon");
                 }(&store->meta(), clock->Now()));
  time_keeper->After(kTimeKeeping, [this] { KeepTime(); });
}

void Node::Parts::KeepAudit() {
  runtime::Spawn(*shards.front(), "drop old audit entries",
                 [](auth::Administration* of, std::chrono::days days) -> runtime::Task<void> {
                   IgnoreStatus(co_await of->DropOldAudit(days), "the next day tries again");
                 }(administration.get(), config.audit_days));
  audit_keeper->After(kAuditKeeping, [this] { KeepAudit(); });
}

void Node::Parts::SendAway() {
  if (serves) public_server->SendAway(kSendAwaySpread);
}

void Node::Parts::Stop() {
  if (std::exchange(stopped, true)) return;
  serves = false;
  control.reset();
  if (backups) backups->Stop();
  if (public_server) public_server->Stop();
  arrivals.Close();
  if (ops_server) ops_server->Stop();
  if (fleet_member) fleet_member->Stop();
  if (chat) chat->Stop();
  if (bus) bus->Stop();
  if (store != nullptr) store->Stop();
  for (const std::unique_ptr<runtime::Shard>& shard : shards) shard->Stop();
  reads.Stop();
  hashes.Stop();
  if (ops) ops->Stop();
  // What has timers and sockets on the shards goes before their loops do; what waiting tasks hold
  // goes with them.
  time_keeper.reset();
  audit_keeper.reset();
  sampler.reset();
  shard_watch.reset();
  fleet_member.reset();
  public_server.reset();
  ops_server.reset();
  chat.reset();
  for (const std::unique_ptr<runtime::Shard>& shard : shards) shard->Discard();
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Node::~Node() { parts_->Stop(); }

Result<std::unique_ptr<Node>> Node::Start(const Config& config, const DataDir& dir,
                                          ProcessLogger& log, const std::stop_token& stop) {
  std::unique_ptr<Node> node(new Node(std::make_unique<Parts>(config, log)));
  Parts& parts = *node->parts_;
  for (std::size_t i = 0; i < ThreadCount(config.threads); ++i) {
    parts.shards.push_back(std::make_unique<runtime::Shard>(static_cast<int>(i)));
    parts.shards.back()->Start();
  }
  parts.bus = std::make_unique<BusParts>(config, parts.ShardPointers(), parts.system_clock,
                                         parts.random, log);
  PARLEY_TRY(parts.OpenStore(dir, stop));
  PARLEY_TRY(parts.MakeServices());
  if (parts.fleet_member) parts.fleet_member->Join();
  PARLEY_TRY(parts.Listen(dir));
  return node;
}

std::string Node::http_address() const {
  return HostPort{parts_->config.listen.host, parts_->public_server->port()}.ToString();
}

std::string Node::ops_address() const {
  return HostPort{parts_->config.ops_listen.host, parts_->ops_server->port()}.ToString();
}

std::string Node::public_url() const {
  if (!parts_->config.server.public_url.empty()) return parts_->config.server.public_url;
  const std::string& host = parts_->config.listen.host;
  const bool here = host == "127.0.0.1" || host == "0.0.0.0" || host == "::" || host == "::1";
  return "http://" + HostPort{here ? "localhost" : host, parts_->public_server->port()}.ToString();
}

const std::optional<std::string>& Node::admin_token() const { return parts_->admin_token; }

void Node::Drain() {
  parts_->draining = true;
  if (parts_->fleet_member) parts_->fleet_member->Drain();
  parts_->public_server->Drain(parts_->config.server.drain);
}

void Node::HurryDrain() { parts_->public_server->HurryDrain(); }

void Node::Apply(const Config& fresh) {
  parts_->log.SetLevel(fresh.log.level);
  parts_->rates.Set(fresh.rates, parts_->config.limits_enabled);
  Limits limits = fresh.limits;
  // What the listeners were made with.
  limits.body_bytes = parts_->config.limits.body_bytes;
  limits.frame_bytes = parts_->config.limits.frame_bytes;
  parts_->limits.Set(limits);
}

}  // namespace parley::app
