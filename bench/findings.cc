#include "bench/findings.h"

#include <algorithm>

#include "bench/raw_bytes.h"

namespace parley::bench {

void Findings::Merge(const Findings& other) {
  ack.Merge(other.ack);
  delivery.Merge(other.delivery);
  lag.Merge(other.lag);
  level.Merge(other.level);
  first_lost_ns = std::min(first_lost_ns, other.first_lost_ns);
  last_level_ns = std::max(last_level_ns, other.last_level_ns);
  busiest_cpu_ns = std::max(busiest_cpu_ns, other.busiest_cpu_ns);
  unanswered += other.unanswered;
  away += other.away;
  failed_processes += other.failed_processes;
  if (first_error.empty()) first_error = other.first_error;
}

std::string Findings::ToBytes() const {
  std::string bytes;
  for (const Histogram* histogram : {&ack, &delivery, &lag, &level}) histogram->AppendTo(bytes);
  for (const std::int64_t ns : {first_lost_ns, last_level_ns, busiest_cpu_ns}) {
    AppendRaw(bytes, ns);
  }
  AppendRaw(bytes, unanswered);
  AppendRaw(bytes, away);
  return bytes + first_error;
}

bool Findings::MergeFrom(std::string_view bytes) {
  Findings other;
  for (Histogram* histogram : {&other.ack, &other.delivery, &other.lag, &other.level}) {
    if (!histogram->MergeFrom(bytes)) return false;
  }
  for (std::int64_t* ns : {&other.first_lost_ns, &other.last_level_ns, &other.busiest_cpu_ns}) {
    if (!TakeRaw(bytes, *ns)) return false;
  }
  if (!TakeRaw(bytes, other.unanswered) || !TakeRaw(bytes, other.away)) return false;
  other.first_error = bytes;
  Merge(other);
  return true;
}

}  // namespace parley::bench
