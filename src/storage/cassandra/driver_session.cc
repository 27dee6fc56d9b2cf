#include "storage/cassandra/driver_session.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.h"
#include "runtime/completer.h"
#include "storage/cassandra/fan.h"

namespace parley::storage::cassandra {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kRunMilliseconds = std::chrono::milliseconds(Session::kRunTimeout).count();

CqlBytes Bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()),
          static_cast<std::int64_t>(text.size())};
}

/// The values of some statements as the driver takes them; points into them.
class BoundViews {
 public:
  explicit BoundViews(const std::vector<Bound>& bounds) {
    std::size_t values = 0;
    for (const Bound& bound : bounds) values += bound.values.size();
    values_.reserve(values);  // bounds_ points into it
    bounds_.reserve(bounds.size());
    for (const Bound& bound : bounds) Add(bound);
  }
  explicit BoundViews(const Bound& bound) {
    values_.reserve(bound.values.size());
    Add(bound);
  }

  const CqlBound* data() const { return bounds_.data(); }

 private:
  void Add(const Bound& bound) {
    const CqlBytes* first = values_.data() + values_.size();
    for (const Value& value : bound.values) {
      values_.push_back(value ? Bytes(*value) : CqlBytes{.data = nullptr, .len = -1});
    }
    bounds_.push_back({bound.statement->prepared(), first, bound.values.size()});
  }

  std::vector<CqlBytes> values_;
  std::vector<CqlBound> bounds_;
};

/// For who opens, prepares, or changes the schema: an operator, who is told what the driver said.
Status StatusOf(const Rows& answer, std::string_view what) {
  const int status = cql_result_status(answer.result());
  if (status == CQL_DONE) return {};
  std::string message = fmt::format("{}: {}", what, answer.error());
  switch (status) {
    case CQL_REFUSED:
      return Unavailable(std::move(message));
    case CQL_INVALID:
      return Internal(std::move(message));
    case CQL_DENIED:
      return PermissionDenied(std::move(message));
    default:
      return {StatusCode::kUnknown, std::move(message)};
  }
}

Status StoppingStatus() { return Unavailable("the server is stopping"); }

}  // namespace

/// One request under way.
struct DriverSession::Call {
  DriverSession& session;
  const Statement& first;
  bool batch;
  Done done;
  Clock::time_point start = Clock::now();
};

Result<std::unique_ptr<Session>> Session::Connect(SessionOptions options) {
  if (options.contact_points.empty()) {
    return InvalidArgument("Cassandra: name at least one node (\"host:port\")");
  }
  const std::string contact_points = fmt::format("{}", fmt::join(options.contact_points, ","));
  const CqlOptions given{
      .contact_points = Bytes(contact_points),
      .datacenter = Bytes(options.datacenter),
      .keyspace = Bytes(options.keyspace),
      .user = Bytes(options.user),
      .password = Bytes(options.password),
      .ca_file = Bytes(options.ca_file),
      .certificate_file = Bytes(options.certificate_file),
      .key_file = Bytes(options.key_file),
      .threads = static_cast<std::uint32_t>(options.threads),
      .max_in_flight = static_cast<std::uint32_t>(options.max_in_flight),
      .max_waiting = static_cast<std::uint32_t>(options.max_waiting),
      .connect_timeout_ms = static_cast<std::uint64_t>(options.connect_timeout.count())};
  CqlSession* session = nullptr;
  const Rows answer(cql_open(&given, &session));
  switch (cql_result_status(answer.result())) {
    case CQL_DONE:
      return std::unique_ptr<Session>(std::make_unique<DriverSession>(std::move(options), session));
    case CQL_INVALID:
      return InvalidArgument(fmt::format("Cassandra: {}", answer.error()));
    case CQL_DENIED:
      return PermissionDenied(
          fmt::format("Cassandra refuses us: {}. Check the user, the password and the certificates",
                      answer.error()));
    default:
      return Unavailable(fmt::format(
          "Cassandra does not answer at {}: {}. Check the addresses, that it runs, and whether it "
          "wants TLS",
          contact_points, answer.error()));
  }
}

DriverSession::DriverSession(SessionOptions options, CqlSession* session)
    : options_(std::move(options)), session_(session), health_(options_.log) {}

DriverSession::~DriverSession() {
  Stop();
  statements_.clear();
  cql_close(session_);
}

Result<const Statement*> DriverSession::Prepare(std::string name, std::string cql,
                                                StatementOptions options) {
  const std::string text = WithKeyspace(cql, options_.keyspace);
  StatementFacts facts = Describe(text);
  const bool serial = options.serial || facts.conditional;
  const std::chrono::milliseconds own = serial ? options_.serial_timeout : options_.timeout;
  CqlStatement* prepared = nullptr;
  const Rows answer(cql_prepare(session_, Bytes(text),
                                {.idempotent = options.idempotent && !facts.conditional,
                                 .conditional = facts.conditional,
                                 .serial = options.serial,
                                 .page_size = options.page_size},
                                static_cast<std::uint64_t>(options_.timeout.count()), &prepared));
  if (Status status = StatusOf(answer, name); !status.ok()) {
    // Preparing applies nothing.
    if (status.code() != StatusCode::kUnknown) return status;
    return Unavailable(std::string(status.message()));
  }
  auto statement =
      std::make_unique<Statement>(std::move(name), std::move(facts),
                                  options.timeout.count() > 0 ? options.timeout : own, prepared);
  const std::lock_guard lock(mutex_);
  return statements_.emplace_back(std::move(statement)).get();
}

Result<Rows> DriverSession::Run(std::string cql) {
  const std::string text = WithKeyspace(cql, options_.keyspace);
  Rows rows(cql_run(session_, Bytes(text), kRunMilliseconds));
  PARLEY_TRY(StatusOf(rows, text.substr(0, text.find('('))));
  return rows;
}

Status DriverSession::AwaitSchema() {
  return StatusOf(Rows(cql_await_schema(session_, kRunMilliseconds)), "waiting for one schema");
}

std::unique_ptr<DriverSession::Call> DriverSession::Begin(const Statement& first, bool batch,
                                                          Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      ++in_flight_;
      return std::make_unique<Call>(
          Call{.session = *this, .first = first, .batch = batch, .done = std::move(done)});
    }
  }
  done(StoppingStatus());
  return nullptr;
}

void DriverSession::Execute(Bound bound, std::string page, Done done) {
  std::unique_ptr<Call> call = Begin(*bound.statement, false, std::move(done));
  if (call == nullptr) return;
  bound.statement->CountExecution();
  const BoundViews views(bound);
  const auto timeout = static_cast<std::uint64_t>(bound.statement->timeout().count());
  cql_execute(session_, views.data(), Bytes(page), timeout, &Ended, call.release());
}

void DriverSession::ExecuteBatch(std::vector<Bound> bounds, Done done) {
  if (bounds.empty()) return done(Rows());
  std::unique_ptr<Call> call = Begin(*bounds.front().statement, true, std::move(done));
  if (call == nullptr) return;
  std::chrono::milliseconds timeout{0};
  for (const Bound& bound : bounds) {
    bound.statement->CountExecution();
    timeout = std::max(timeout, bound.statement->timeout());
  }
  const BoundViews views(bounds);
  cql_batch(session_, views.data(), bounds.size(), static_cast<std::uint64_t>(timeout.count()),
            &Ended, call.release());
}

void DriverSession::ExecuteAll(std::vector<Bound> bounds, AllDone done) {
  Fan::Start(*this, std::move(bounds), std::move(done));
}

void DriverSession::Ended(void* context, CqlResult* result) {
  std::unique_ptr<Call> call(static_cast<Call*>(context));
  DriverSession& session = call->session;
  call->done(session.Answer(*call, Rows(result)));
  call.reset();  // with what `done` holds: nothing of it is left once Stop has returned
  session.Leave();
}

Result<Rows> DriverSession::Answer(const Call& call, Rows rows) {
  const Clock::time_point now = Clock::now();
  const auto count = [&](CallOutcome outcome) {
    call.first.CountEnd(outcome, now - call.start, call.batch);
  };
  const int status = cql_result_status(rows.result());
  if (status == CQL_DONE) {
    count(CallOutcome::kDone);
    health_.Succeeded();
    return rows;
  }
  const std::string_view error = rows.error();
  if (status == CQL_INVALID) {
    // The cluster answers: it is us.
    count(CallOutcome::kRefused);
    if (options_.log != nullptr) {
      options_.log->Error("a statement does not fit the database",
                          {{"statement", call.first.name()}, {"error", error}});
    }
    return Internal(fmt::format("{}: {}", call.first.name(), error));
  }
  health_.Failed(call.first.name(), error, now);
  if (status == CQL_UNKNOWN) {
    count(CallOutcome::kUnknown);
    if (call.first.facts().reads) {
      return Unavailable("the database does not answer now: try again");
    }
    return Status(StatusCode::kUnknown, "the database did not answer: it may have been done");
  }
  count(CallOutcome::kRefused);
  return Unavailable("the database cannot do it now: try again");
}

void DriverSession::Leave() {
  const std::lock_guard lock(mutex_);
  // Under the lock: once Stop has seen it, there may be no session any more.
  if (--in_flight_ == 0) left_.notify_all();
}

SessionStats DriverSession::stats() const {
  const std::lock_guard lock(mutex_);
  SessionStats stats{.in_flight = in_flight_,
                     .limit = options_.max_in_flight + options_.max_waiting,
                     .statements = {}};
  stats.statements.reserve(statements_.size());
  for (const auto& statement : statements_) stats.statements.push_back(statement->Read());
  return stats;
}

Status DriverSession::health() const {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return StoppingStatus();
  }
  return health_.Read(Clock::now());
}

void DriverSession::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  cql_stop(session_);
  // Bounded: every call ends within its timeout.
  std::unique_lock lock(mutex_);
  left_.wait(lock, [this] { return in_flight_ == 0; });
}

runtime::Task<Result<Rows>> DriverSession::Execute(Bound bound, std::string page) {
  using Completer = runtime::Completer<Result<Rows>>;
  co_return co_await runtime::AwaitCompletion<Result<Rows>>([&](Completer completer) {
    Execute(std::move(bound), std::move(page),
            [completer = std::move(completer)](Result<Rows> rows) mutable {
              completer(std::move(rows));
            });
  });
}

runtime::Task<Result<Rows>> DriverSession::ExecuteBatch(std::vector<Bound> bounds) {
  using Completer = runtime::Completer<Result<Rows>>;
  co_return co_await runtime::AwaitCompletion<Result<Rows>>([&](Completer completer) {
    ExecuteBatch(std::move(bounds), [completer = std::move(completer)](Result<Rows> rows) mutable {
      completer(std::move(rows));
    });
  });
}

runtime::Task<Result<std::vector<Rows>>> DriverSession::ExecuteAll(std::vector<Bound> bounds) {
  using Answer = Result<std::vector<Rows>>;
  using Completer = runtime::Completer<Answer>;
  co_return co_await runtime::AwaitCompletion<Answer>([&](Completer completer) {
    ExecuteAll(std::move(bounds), [completer = std::move(completer)](Answer answer) mutable {
      completer(std::move(answer));
    });
  });
}

}  // namespace parley::storage::cassandra
