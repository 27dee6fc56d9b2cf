#include "storage/cassandra/statement.h"

#include <array>
#include <cstddef>
#include <utility>

namespace parley::storage::cassandra {
namespace {

constexpr std::string_view kKeyspace = "{keyspace}";

bool IsName(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

StatementFacts Describe(std::string_view cql) {
  StatementFacts facts;
  facts.reads = cql.starts_with("SELECT");
  facts.conditional = !facts.reads && cql.find(" IF ") != std::string_view::npos;
  const std::array words{std::pair{std::string_view("INSERT"), std::string_view(" INTO ")},
                         std::pair{std::string_view("UPDATE"), std::string_view("UPDATE ")},
                         std::pair{std::string_view("DELETE"), std::string_view(" FROM ")},
                         std::pair{std::string_view("SELECT"), std::string_view(" FROM ")}};
  for (const auto& [verb, before] : words) {
    if (!cql.starts_with(verb)) continue;
    const std::size_t found = cql.find(before);
    if (found == std::string_view::npos) continue;
    std::string_view rest = cql.substr(found + before.size());
    std::size_t end = 0;
    while (end < rest.size() && (IsName(rest[end]) || rest[end] == '.')) ++end;
    rest = rest.substr(0, end);
    facts.table = rest.substr(rest.find('.') == std::string_view::npos ? 0 : rest.find('.') + 1);
  }
  return facts;
}

std::string WithKeyspace(std::string_view cql, std::string_view keyspace) {
  std::string out;
  out.reserve(cql.size() + keyspace.size());
  for (std::size_t at = 0; at < cql.size();) {
    const std::size_t found = cql.find(kKeyspace, at);
    out.append(cql.substr(at, found == std::string_view::npos ? found : found - at));
    if (found == std::string_view::npos) break;
    out.append(keyspace);
    at = found + kKeyspace.size();
  }
  return out;
}

void Statement::CountEnd(CallOutcome outcome, std::chrono::nanoseconds duration, bool batch) const {
  seconds_.Observe(duration);
  if (batch) batches_.fetch_add(1, std::memory_order_relaxed);
  if (outcome == CallOutcome::kRefused) refused_.fetch_add(1, std::memory_order_relaxed);
  if (outcome == CallOutcome::kUnknown) unknown_.fetch_add(1, std::memory_order_relaxed);
}

StatementStats Statement::Read() const {
  return {.name = name_,
          .table = facts_.table,
          .reads = facts_.reads,
          .executions = executions_.load(std::memory_order_relaxed),
          .batches = batches_.load(std::memory_order_relaxed),
          .refused = refused_.load(std::memory_order_relaxed),
          .unknown = unknown_.load(std::memory_order_relaxed),
          .seconds = seconds_.Read()};
}

}  // namespace parley::storage::cassandra
