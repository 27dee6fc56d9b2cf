#include "storage/cached/redis/redis_client.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <signal.h>

namespace parley::storage::cached {
namespace {

/// RemoteWrite on one key: its kind, version, time to live in ms, payload. One command, so that
/// nothing comes between looking and writing.
constexpr std::string_view kScript = R"(
local held = redis.call('GETRANGE', KEYS[1], 0, 7)
local held_version = 0
if #held == 8 then held_version = struct.unpack('>I8', held) end
local version = tonumber(ARGV[2])
if ARGV[1] == 'newer' then
  if held_version > version or (held_version == version and #ARGV[4] == 0) then return 0 end
else
  if ARGV[1] == 'unchanged' and held_version ~= version then return 0 end
  local time = redis.call('TIME')
  version = math.max(held_version + 1, time[1] * 1000000 + time[2])
end
redis.call('SET', KEYS[1], struct.pack('>I8', version) .. ARGV[4], 'PX', ARGV[3])
return 1
)";
/// Where a command names the script by its hash.
constexpr std::size_t kHashArgument = 1;
constexpr std::size_t kVersionBytes = 8;
/// What goes to the server at once: later calls do not wait for more than that.
constexpr std::size_t kMaxBatchCommands = 2'000;

/// From a tenth of a millisecond, about what Redis takes next door.
std::vector<double> LatencyBounds() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25};
}

RemoteFound Decode(std::string_view value) {
  RemoteFound found;
  if (value.size() < kVersionBytes) return found;
  for (const char byte : value.substr(0, kVersionBytes)) {
    found.version = found.version << 8 | static_cast<std::uint8_t>(byte);
  }
  found.payload = value.substr(kVersionBytes);
  return found;
}

std::string_view NameOf(RemoteWrite::Kind kind) {
  switch (kind) {
    case RemoteWrite::Kind::kNewer:
      return "newer";
    case RemoteWrite::Kind::kUnchanged:
      return "unchanged";
    case RemoteWrite::Kind::kStale:
      return "stale";
  }
  return {};
}

RedisCommand CommandOf(RemoteWrite write) {
  if (write.kind == RemoteWrite::Kind::kStale) write.payload.clear();
  return {"EVALSHA",
          "",
          "1",
          std::move(write.key),
          std::string(NameOf(write.kind)),
          std::to_string(write.version),
          std::to_string(write.ttl.count()),
          std::move(write.payload)};
}

bool IsScriptMissing(const RedisReply& reply) {
  return reply.kind == RedisReply::Kind::kError && reply.text.starts_with("NOSCRIPT");
}

Status ErrorIn(const std::vector<RedisReply>& replies) {
  for (const RedisReply& reply : replies) {
    if (reply.kind == RedisReply::Kind::kError) return Unavailable("Redis says: " + reply.text);
  }
  return Status::Ok();
}

/// A closed connection shall be an error of this thread's write, not the end of the program.
void BlockSigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

RedisClient::RedisClient(RedisOptions options, Logger& log)
    : options_(std::move(options)),
      log_(log),
      seconds_(LatencyBounds()),
      thread_([this] { Run(); }) {}

RedisClient::~RedisClient() { Stop(); }

void RedisClient::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ready_ = false;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// -- Calls ----------------------------------------------------------------------------------------

void RedisClient::Get(std::vector<std::string> keys, Found done) {
  std::vector<RedisCommand> commands;
  commands.reserve(keys.size());
  for (std::string& key : keys) commands.push_back({"GET", std::move(key)});
  Enqueue(std::move(commands), [done = std::move(done)](Replies replies) mutable {
    if (!replies.ok()) return done(replies.status());
    std::vector<RemoteFound> found;
    found.reserve(replies->size());
    for (const RedisReply& reply : *replies) found.push_back(Decode(reply.text));
    done(std::move(found));
  });
}

void RedisClient::Write(std::vector<RemoteWrite> writes, Done done) {
  std::vector<RedisCommand> commands;
  commands.reserve(writes.size());
  std::vector<RemoteWrite> markers;
  for (RemoteWrite& write : writes) {
    // What only fills an empty key may be lost.
    if (write.kind != RemoteWrite::Kind::kUnchanged) {
      markers.push_back({write.kind, write.key, write.version, "", write.ttl});
    }
    commands.push_back(CommandOf(std::move(write)));
  }
  Enqueue(std::move(commands), [this, markers = std::move(markers),
                                done = std::move(done)](const Replies& replies) mutable {
    if (!replies.ok()) Owe(std::move(markers));
    done(replies.status());
  });
}

void RedisClient::Owe(std::vector<RemoteWrite> markers) {
  const std::lock_guard lock(mutex_);
  for (RemoteWrite& marker : markers) {
    const auto held = owed_.find(marker.key);
    if (held == owed_.end()) {
      if (owed_.size() < options_.max_owed) owed_.emplace(marker.key, std::move(marker));
    } else if (held->second.version <= marker.version) {
      held->second = std::move(marker);
    }
  }
}

void RedisClient::Enqueue(std::vector<RedisCommand> commands, UniqueFunction<void(Replies)> done) {
  constexpr std::size_t kCommandBytes = 256;
  Call call{.commands = std::move(commands), .done = std::move(done), .bytes = 0, .began = {}};
  for (const RedisCommand& command : call.commands) {
    call.bytes += kCommandBytes;
    for (const std::string& argument : command) call.bytes += argument.size();
  }
  call.began = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (ready_ && queued_bytes_ + call.bytes <= options_.max_queued_bytes) {
      queued_bytes_ += call.bytes;
      queue_.push_back(std::move(call));
      ++calls_;
      changed_.notify_one();
      return;
    }
  }
  ++skipped_;
  call.done(Unavailable("the shared cache is not there"));
}

RemoteStats RedisClient::stats() const {
  RemoteStats stats;
  stats.calls = calls_;
  stats.errors = errors_;
  stats.skipped = skipped_;
  stats.seconds = seconds_.Read();
  const std::lock_guard lock(mutex_);
  stats.queued_bytes = queued_bytes_;
  stats.connected = ready_ ? 1 : 0;
  return stats;
}

// -- The thread -----------------------------------------------------------------------------------

void RedisClient::Run() {
  BlockSigpipe();
  std::chrono::milliseconds pause{0};
  while (Pause(pause)) {
    const Moment deadline = std::chrono::steady_clock::now() + options_.connect_deadline;
    Status connected = Connect(deadline);
    // Before anybody reads there what is old.
    if (connected.ok()) connected = PayOwed(deadline);
    SetReady(connected);
    // Who answers again, but too late, is left alone for longer and longer.
    const bool served = connected.ok() && Serve();
    pause = served ? options_.first_pause
                   : std::clamp(pause * 2, options_.first_pause, options_.longest_pause);
  }
}

bool RedisClient::Pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopping_; });
  return !stopping_;
}

Status RedisClient::Connect(Moment deadline) {
  connection_.reset();
  Result<std::unique_ptr<RedisConnection>> opened =
      RedisConnection::Open(options_.address, deadline);
  if (!opened.ok()) return opened.status();
  std::vector<RedisReply> replies;
  PARLEY_TRY((*opened)->Execute({{"SCRIPT", "LOAD", std::string(kScript)}}, deadline, &replies));
  PARLEY_TRY(ErrorIn(replies));
  script_hash_ = replies.front().text;
  connection_ = *std::move(opened);
  return Status::Ok();
}

void RedisClient::SetReady(const Status& status) {
  std::deque<Call> dropped;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    stopping = stopping_;
    ready_ = status.ok() && !stopping;
    if (!ready_) dropped.swap(queue_);
  }
  for (Call& call : dropped) Answer(std::move(call), Unavailable("the shared cache is gone"));
  if (stopping) return;
  if (status.ok()) {
    log_.Info("the shared cache answers");
  } else if (!reported_) {
    log_.Warning("the shared cache does not answer: reads go to the store",
                 {{"reason", status.message()}});
  }
  reported_ = !status.ok();
}

bool RedisClient::Serve() {
  bool served = false;
  while (true) {
    if (const Status paid = PayOwed(std::chrono::steady_clock::now() + options_.deadline);
        !paid.ok()) {
      SetReady(paid);
      return served;
    }
    std::deque<Call> batch = TakeBatch();
    if (batch.empty()) {
      SetReady(Unavailable("the server is stopping"));
      return served;
    }
    const Status executed = Execute(&batch);
    if (!executed.ok()) {
      SetReady(executed);
      for (Call& call : batch) Answer(std::move(call), executed);
      return served;
    }
    served = true;
  }
}

std::deque<RedisClient::Call> RedisClient::TakeBatch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  std::deque<Call> batch;
  std::size_t commands = 0;
  while (!stopping_ && !queue_.empty() && commands < kMaxBatchCommands) {
    commands += queue_.front().commands.size();
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

/// What the server refuses is owed no more.
Status RedisClient::PayOwed(Moment deadline) {
  std::vector<RemoteWrite> writes;
  {
    const std::lock_guard lock(mutex_);
    writes.reserve(owed_.size());
    for (auto& [key, write] : std::exchange(owed_, {})) writes.push_back(std::move(write));
  }
  Status paid;
  std::size_t done = 0;
  while (paid.ok() && done < writes.size()) {
    const std::size_t count = std::min(writes.size() - done, kMaxBatchCommands);
    std::vector<RedisCommand> commands;
    commands.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      commands.push_back(CommandOf(writes[done + i]));
      commands.back()[kHashArgument] = script_hash_;
    }
    std::vector<RedisReply> replies;
    paid = connection_->Execute(commands, deadline, &replies);
    if (paid.ok()) paid = RunAgainWithScript(commands, deadline, &replies);
    if (paid.ok()) done += count;
  }
  writes.erase(writes.begin(), writes.begin() + static_cast<std::ptrdiff_t>(done));
  if (!writes.empty()) Owe(std::move(writes));
  return paid;
}

/// Answers those calls of the batch that were carried out, and takes them out of it.
Status RedisClient::Execute(std::deque<Call>* batch) {
  const Moment deadline = batch->front().began + options_.deadline;  // the oldest call's
  std::vector<RedisCommand> commands;
  for (Call& call : *batch) {
    for (RedisCommand& command : call.commands) {
      if (command.size() > 2) command[kHashArgument] = script_hash_;
      commands.push_back(std::move(command));
    }
  }
  std::vector<RedisReply> replies;
  Status executed = connection_->Execute(commands, deadline, &replies);
  if (!executed.ok() && replies.empty() && Connect(deadline).ok()) {
    // The server had closed what was idle for long, or was started anew. Every command may be
    // carried out twice.
    executed = connection_->Execute(commands, deadline, &replies);
  }
  if (executed.ok()) executed = RunAgainWithScript(commands, deadline, &replies);

  auto next = replies.begin();
  while (!batch->empty()) {
    Call& call = batch->front();
    const auto count = static_cast<std::ptrdiff_t>(call.commands.size());
    if (replies.end() - next < count) break;
    std::vector<RedisReply> own(std::make_move_iterator(next),
                                std::make_move_iterator(next + count));
    next += count;
    const Status error = ErrorIn(own);
    Answer(std::move(call), error.ok() ? Replies(std::move(own)) : Replies(error));
    batch->pop_front();
  }
  return executed;
}

/// Somebody may have told the server to forget its scripts.
Status RedisClient::RunAgainWithScript(const std::vector<RedisCommand>& commands, Moment deadline,
                                       std::vector<RedisReply>* replies) {
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < replies->size(); ++i) {
    if (IsScriptMissing((*replies)[i])) missing.push_back(i);
  }
  if (missing.empty()) return Status::Ok();
  std::vector<RedisCommand> again = {{"SCRIPT", "LOAD", std::string(kScript)}};
  again.reserve(missing.size() + 1);
  for (const std::size_t i : missing) again.push_back(commands[i]);
  std::vector<RedisReply> answers;
  PARLEY_TRY(connection_->Execute(again, deadline, &answers));
  for (std::size_t i = 0; i < missing.size(); ++i) {
    (*replies)[missing[i]] = std::move(answers[i + 1]);
  }
  return Status::Ok();
}

void RedisClient::Answer(Call call, Replies replies) {
  if (!replies.ok()) ++errors_;
  seconds_.Observe(std::chrono::steady_clock::now() - call.began);
  {
    const std::lock_guard lock(mutex_);
    queued_bytes_ -= call.bytes;
  }
  call.done(std::move(replies));
}

}  // namespace parley::storage::cached
