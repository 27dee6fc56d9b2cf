#include "storage/cached/redis/redis_connection.h"

#include <algorithm>
#include <utility>
#include <poll.h>

#include <hiredis/hiredis.h>

namespace parley::storage::cached {
namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

RedisReply Convert(const redisReply& reply) {
  using Kind = RedisReply::Kind;
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return {.kind = Kind::kText, .text = std::string(reply.str, reply.len)};
    case REDIS_REPLY_INTEGER:
      return {.kind = Kind::kNumber, .text = {}, .number = reply.integer};
    case REDIS_REPLY_ERROR:
      return {.kind = Kind::kError, .text = std::string(reply.str, reply.len)};
    default:
      return {};
  }
}

void Send(redisContext* context, const RedisCommand& command) {
  std::vector<const char*> arguments;
  std::vector<std::size_t> sizes;
  arguments.reserve(command.size());
  sizes.reserve(command.size());
  for (const std::string& argument : command) {
    arguments.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  redisAppendCommandArgv(context, static_cast<int>(command.size()), arguments.data(), sizes.data());
}

}  // namespace

struct RedisConnection::Handle {
  explicit Handle(redisContext* own) : context(own) {}
  ~Handle() { redisFree(context); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  redisContext* const context;
};

RedisConnection::RedisConnection(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
RedisConnection::~RedisConnection() = default;

Result<std::unique_ptr<RedisConnection>> RedisConnection::Open(const RedisAddress& address,
                                                               Deadline deadline) {
  redisContext* const context = redisConnectNonBlock(address.host.c_str(), address.port);
  if (context == nullptr) return Unavailable("no memory for a connection to Redis");
  std::unique_ptr<RedisConnection> connection(
      new RedisConnection(std::make_unique<Handle>(context)));
  if (context->err != 0) return connection->Broken();
  PARLEY_TRY(connection->SignIn(address, deadline));
  return connection;
}

Status RedisConnection::SignIn(const RedisAddress& address, Deadline deadline) {
  short ready = 0;
  PARLEY_TRY(Await(POLLOUT, deadline, &ready));
  std::vector<RedisCommand> commands;
  if (!address.password.empty()) {
    RedisCommand& command = commands.emplace_back(RedisCommand{"AUTH"});
    if (!address.user.empty()) command.push_back(address.user);
    command.push_back(address.password);
  }
  commands.push_back({"SELECT", std::to_string(address.database)});
  std::vector<RedisReply> replies;
  PARLEY_TRY(Execute(commands, deadline, &replies));
  for (const RedisReply& reply : replies) {
    if (reply.kind == RedisReply::Kind::kError) {
      return Unavailable("Redis refuses us: " + reply.text);
    }
  }
  return Status::Ok();
}

Status RedisConnection::Execute(const std::vector<RedisCommand>& commands, Deadline deadline,
                                std::vector<RedisReply>* replies) {
  for (const RedisCommand& command : commands) Send(handle_->context, command);
  const std::size_t count = replies->size() + commands.size();
  replies->reserve(count);
  int written = 0;
  while (replies->size() < count) {
    if (written == 0 && redisBufferWrite(handle_->context, &written) != REDIS_OK) return Broken();
    short ready = 0;
    // Reads while it writes: a server whose answers nobody takes does not read on.
    PARLEY_TRY(Await(static_cast<short>(POLLIN | (written == 0 ? POLLOUT : 0)), deadline, &ready));
    if ((ready & ~POLLOUT) == 0) continue;
    if (redisBufferRead(handle_->context) != REDIS_OK) return Broken();
    PARLEY_TRY(TakeReplies(count, replies));
  }
  return Status::Ok();
}

Status RedisConnection::TakeReplies(std::size_t count, std::vector<RedisReply>* replies) {
  while (replies->size() < count) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(handle_->context, &raw) != REDIS_OK) return Broken();
    if (raw == nullptr) break;
    const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(raw));
    replies->push_back(Convert(*reply));
  }
  return Status::Ok();
}

Status RedisConnection::Await(short events, Deadline deadline, short* ready) const {
  using std::chrono::milliseconds;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds::zero()) return Unavailable("Redis did not answer in time");
    pollfd socket{.fd = handle_->context->fd, .events = events, .revents = 0};
    if (poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000))) > 0) {
      *ready = socket.revents;
      return Status::Ok();
    }
  }
}

Status RedisConnection::Broken() const {
  return Unavailable(std::string("the connection to Redis broke: ") + handle_->context->errstr);
}

}  // namespace parley::storage::cached
