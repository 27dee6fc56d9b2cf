#include "bench/inbox.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/fill_run.h"
#include "bench/page_load.h"
#include "bench/resume_probe.h"
#include "bench/setup.h"
#include "client/http_client.h"
#include "client/json.h"

namespace parley::bench {
namespace {

constexpr std::size_t kFirstPage = 50;
constexpr std::size_t kMostOfPage = 100;

/// The conversations of one person, as they hold them.
std::vector<Held> HeldBy(const Plan& plan, std::size_t person) {
  std::vector<Held> held;
  for (const Room& room : plan.rooms) {
    if (std::ranges::find(room.members, person) == room.members.end()) continue;
    held.push_back({room.id, static_cast<std::uint32_t>(room.members.size()), room.last_seq, 0});
  }
  return held;
}

/// Asks for one page; answers the cursor of the next, empty behind the last.
Result<std::string> GetInboxPage(client::HttpClient& http, std::size_t limit,
                                 const std::string& cursor) {
  std::string target = fmt::format("/v1/conversations?limit={}", limit);
  if (!cursor.empty()) target += "&cursor=" + cursor;
  PARLEY_ASSIGN(const std::string body, GetPage(http, target));
  PARLEY_ASSIGN(const client::JsonDocument page, client::JsonDocument::Parse(body));
  return std::string(page.root()["next_cursor"].Str());
}

class InboxRun {
 public:
  InboxRun(const Options& options, const Plan& plan, const Servers& servers,
           const std::atomic<bool>& stop)
      : options_(options), plan_(plan), servers_(servers), stop_(stop) {
    for (std::size_t i = 0; i < options.people; ++i) held_.push_back(HeldBy(plan, i));
  }

  Result<StepReport> Run() {
    const std::vector<std::pair<std::string, Kind>> kinds{
        {"first_page", &InboxRun::FirstPage},
        {"all_pages", &InboxRun::AllPages},
        {"resume", &InboxRun::Resume},
    };
    for (const auto& [name, kind] : kinds) {
      PARLEY_TRY(Cold(report_.Of(name + "_cold"), kind));
      PARLEY_TRY(Warm(report_.Of(name + "_warm"), kind));
    }
    return std::move(report_);
  }

 private:
  using Kind = Status (InboxRun::*)(Step& step, std::size_t person);

  /// Each person once after each start of the server.
  Status Cold(Step& step, Kind kind) {
    for (std::size_t n = 0; n < options_.restarts && !stop_; ++n) {
      servers_.spawned()->Kill();
      PARLEY_ASSIGN(const auto ready, servers_.spawned()->StartAgain());
      static_cast<void>(ready);  // history measures that
      for (std::size_t person = 0; person < options_.people; ++person) {
        PARLEY_TRY((this->*kind)(step, person));
      }
    }
    return Status::Ok();
  }

  Status Warm(Step& step, Kind kind) {
    for (std::size_t n = 0; n < options_.repeats && !stop_; ++n) {
      for (std::size_t person = 0; person < options_.people; ++person) {
        PARLEY_TRY((this->*kind)(step, person));
      }
    }
    return Status::Ok();
  }

  Status FirstPage(Step& step, std::size_t person) {
    client::CurlHttpClient http(servers_.first(), plan_.people[person].token);
    return report_.Time(step, servers_.spawned()->pid(),
                        [&] { return GetInboxPage(http, kFirstPage, "").status(); });
  }

  /// Each page counts.
  Status AllPages(Step& step, std::size_t person) {
    client::CurlHttpClient http(servers_.first(), plan_.people[person].token);
    std::string cursor;
    do {
      PARLEY_TRY(report_.Time(step, servers_.spawned()->pid(), [&] {
        Result<std::string> next = GetInboxPage(http, kMostOfPage, cursor);
        if (next.ok()) cursor = *next;
        return next.status();
      }));
    } while (!cursor.empty());
    return Status::Ok();
  }

  Status Resume(Step& step, std::size_t person) {
    return report_.Time(step, servers_.spawned()->pid(), [&] {
      return ConnectAndResume(servers_.targets(), plan_.people[person], held_[person]);
    });
  }

  const Options& options_;
  const Plan& plan_;
  const Servers& servers_;
  const std::atomic<bool>& stop_;
  std::vector<std::vector<Held>> held_;
  StepReport report_;
};

}  // namespace

Result<StepReport> RunInbox(const Options& options, Plan plan, const Servers& servers,
                            const std::atomic<bool>& stop) {
  PARLEY_ASSIGN(const Outcome filled, Fill(options, plan, plan.rooms.size(), servers, stop));
  static_cast<void>(filled);  // what it took is the business of history
  PARLEY_TRY(RefreshRooms(servers.first(), plan, ShowSetup(options, "heads")));
  return InboxRun(options, plan, servers, stop).Run();
}

}  // namespace parley::bench
