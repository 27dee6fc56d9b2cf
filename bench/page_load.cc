#include "bench/page_load.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/clock.h"

namespace parley::bench {
namespace {

constexpr int kOk = 200;

/// One connection's part of the load.
class Reader {
 public:
  Reader(const PageLoad& load, std::atomic<std::size_t>& next) : load_(load), next_(next) {}

  Status Run() {
    client::CurlHttpClient http(load_.server, load_.token);
    for (std::size_t n = next_++; n < load_.pages; n = next_++) {
      const std::string target = load_.target(n);
      const std::int64_t from = NowNs();
      PARLEY_ASSIGN(const std::string body, GetPage(http, target));
      got_.latency.Record(static_cast<std::uint64_t>(NowNs() - from));
      got_.bytes = body.size();
    }
    return Status::Ok();
  }
  const PagesGot& got() const { return got_; }

 private:
  const PageLoad& load_;
  std::atomic<std::size_t>& next_;
  PagesGot got_;
};

}  // namespace

Result<std::string> GetPage(client::HttpClient& http, const std::string& target) {
  PARLEY_ASSIGN(client::HttpResponse answer,
                http.Do({.method = "GET", .target = target, .body = {}}));
  if (answer.status == kOk) return std::move(answer.body);
  return Unavailable(fmt::format("{} was answered with {}", target, answer.status));
}

Result<PagesGot> GetPages(const PageLoad& load) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  Status first;
  PagesGot got;
  std::vector<std::thread> threads;
  threads.reserve(load.connections);
  for (std::size_t i = 0; i < load.connections; ++i) {
    threads.emplace_back([&] {
      Reader reader(load, next);
      const Status done = reader.Run();
      const std::lock_guard lock(mutex);
      if (!done.ok() && first.ok()) first = done;
      got.latency.Merge(reader.got().latency);
      got.bytes = std::max(got.bytes, reader.got().bytes);
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (!first.ok()) return first;
  return got;
}

}  // namespace parley::bench
