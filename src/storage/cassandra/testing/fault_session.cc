#include "storage/cassandra/testing/fault_session.h"

#include <utility>

#include "runtime/completer.h"
#include "storage/cassandra/fan.h"
#include "storage/cassandra/statement.h"

namespace parley::storage::cassandra {
namespace {

Status TimedOut() { return {StatusCode::kUnknown, "a time-out, for the test"}; }

/// The answer of a call that was sent all the same.
Session::Done AsUnknown(Session::Done done) {
  return [done = std::move(done)](const Result<Rows>& /*answer*/) mutable { done(TimedOut()); };
}

}  // namespace

void FaultSession::Fail(const std::string& statement, Fault fault, int passes) {
  const std::lock_guard lock(mutex_);
  std::deque<std::optional<Fault>>& faults = faults_[statement];
  faults.insert(faults.end(), static_cast<std::size_t>(passes), std::nullopt);
  faults.emplace_back(fault);
}

int FaultSession::sent(const std::string& statement) const {
  const std::lock_guard lock(mutex_);
  const auto found = sent_.find(statement);
  return found == sent_.end() ? 0 : found->second;
}

std::optional<Fault> FaultSession::Take(const Bound& first) {
  const std::lock_guard lock(mutex_);
  ++sent_[first.statement->name()];
  const auto found = faults_.find(first.statement->name());
  if (found == faults_.end() || found->second.empty()) return std::nullopt;
  const std::optional<Fault> fault = found->second.front();
  found->second.pop_front();
  return fault;
}

Result<const Statement*> FaultSession::Prepare(std::string name, std::string cql,
                                               StatementOptions options) {
  return inner_.Prepare(std::move(name), std::move(cql), options);
}

void FaultSession::Execute(Bound bound, std::string page, Done done) {
  const std::optional<Fault> fault = Take(bound);
  if (fault == Fault::kRefused) return done(Unavailable("refused, for the test"));
  if (fault == Fault::kUnknownNotDone) return done(TimedOut());
  if (fault) done = AsUnknown(std::move(done));
  inner_.Execute(std::move(bound), std::move(page), std::move(done));
}

void FaultSession::ExecuteBatch(std::vector<Bound> bounds, Done done) {
  const std::optional<Fault> fault = Take(bounds.front());
  if (fault == Fault::kRefused) return done(Unavailable("refused, for the test"));
  if (fault == Fault::kUnknownNotDone) return done(TimedOut());
  if (fault) done = AsUnknown(std::move(done));
  inner_.ExecuteBatch(std::move(bounds), std::move(done));
}

void FaultSession::ExecuteAll(std::vector<Bound> bounds, AllDone done) {
  Fan::Start(*this, std::move(bounds), std::move(done));
}

runtime::Task<Result<Rows>> FaultSession::Execute(Bound bound, std::string page) {
  using Completer = runtime::Completer<Result<Rows>>;
  co_return co_await runtime::AwaitCompletion<Result<Rows>>([&](Completer completer) {
    Execute(std::move(bound), std::move(page),
            [completer = std::move(completer)](Result<Rows> rows) mutable {
              completer(std::move(rows));
            });
  });
}

runtime::Task<Result<Rows>> FaultSession::ExecuteBatch(std::vector<Bound> bounds) {
  using Completer = runtime::Completer<Result<Rows>>;
  co_return co_await runtime::AwaitCompletion<Result<Rows>>([&](Completer completer) {
    ExecuteBatch(std::move(bounds), [completer = std::move(completer)](Result<Rows> rows) mutable {
      completer(std::move(rows));
    });
  });
}

runtime::Task<Result<std::vector<Rows>>> FaultSession::ExecuteAll(std::vector<Bound> bounds) {
  using Answer = Result<std::vector<Rows>>;
  using Completer = runtime::Completer<Answer>;
  co_return co_await runtime::AwaitCompletion<Answer>([&](Completer completer) {
    ExecuteAll(std::move(bounds), [completer = std::move(completer)](Answer answer) mutable {
      completer(std::move(answer));
    });
  });
}

}  // namespace parley::storage::cassandra
