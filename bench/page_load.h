#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"
#include "bench/histogram.h"
#include "client/http_client.h"
#include "client/url.h"

namespace parley::bench {

/// The body of an answer of 200. kUnavailable: it was another one, or there was none.
Result<std::string> GetPage(client::HttpClient& http, const std::string& target);

/// What to ask a web server for, over connections that are kept.
struct PageLoad {
  client::ServerUrl server;
  std::string token;  ///< of the session that asks; empty: none
  std::size_t connections = 1;
  std::size_t pages = 0;  ///< in all
  /// Path and query of the request of that number; called from several threads.
  std::function<std::string(std::size_t number)> target;
};

struct PagesGot {
  Histogram latency;      ///< from the request until its whole answer was there
  std::size_t bytes = 0;  ///< of the body of the last one
};

/// Each connection asks again when it has its answer. The first error of GetPage() ends it.
Result<PagesGot> GetPages(const PageLoad& load);

}  // namespace parley::bench
