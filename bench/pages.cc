#include "bench/pages.h"

#include <string>
#include <string_view>

#include "bench/page_load.h"
#include "bench/servers.h"

namespace parley::bench {

Result<StepReport> RunPages(const Options& options) {
  constexpr std::string_view kBehindScheme = "://";
  const std::size_t scheme = options.url.find(kBehindScheme);
  if (scheme == std::string::npos) return InvalidArgument("--url: no URL: " + options.url);
  const std::size_t path = options.url.find('/', scheme + kBehindScheme.size());
  PageLoad load;
  PARLEY_ASSIGN(load.server, client::ParseServerUrl(options.url.substr(0, path)));
  load.token = options.token;
  load.connections = options.connections;
  load.pages = options.pages;
  load.target = [target = path == std::string::npos ? "/" : options.url.substr(path)](
                    std::size_t /*number*/) { return target; };
  const int pid = options.pids.empty() ? PidOf(load.server).value_or(0) : options.pids.front();

  StepReport report;
  Step& step = report.Of("page");
  PARLEY_TRY(report.Watch(step, pid, [&] {
    PARLEY_ASSIGN(const PagesGot got, GetPages(load));
    step.latency = got.latency;
    step.figures.emplace_back("body_bytes", static_cast<double>(got.bytes));
    return Status::Ok();
  }));
  step.figures.emplace_back("pages_per_s", static_cast<double>(options.pages) / step.seconds);
  return report;
}

}  // namespace parley::bench
