#include "app/config/rate_settings.h"

#include "app/config/bind.h"

namespace parley::app {
namespace {

constexpr Range kPerMinute{1, 1'000'000};
constexpr Range kBurst{1, 1'000'000};
constexpr Range kDelay{0, 60'000};

/// `field` answers the Rate. Names are literals: a setting keeps views of them.
template <class Field>
void AddRate(std::vector<Setting>& table, About per_minute, std::string_view burst_name,
             Field field) {
  table.push_back(Reloadable(
      IntegerSetting(per_minute, "per minute", kPerMinute,
                     [field](auto& config) -> auto& { return field(config).per_minute; })));
  table.push_back(
      Reloadable(IntegerSetting({burst_name, "The same, at once after a quiet time."}, "", kBurst,
                                [field](auto& config) -> auto& { return field(config).burst; })));
}

#define PARLEY_RATE(name, meaning)                                                 \
  AddRate(table, {"rates." #name "_per_minute", meaning}, "rates." #name "_burst", \
          PARLEY_FIELD(rates.name))

void AddAccountRates(std::vector<Setting>& table) {
  PARLEY_RATE(requests, "HTTP requests of one account.");
  PARLEY_RATE(sends, "Messages that one account sends, by HTTP and WebSocket together.");
  PARLEY_RATE(conversations, "Conversations that one account makes.");
  PARLEY_RATE(members, "People that one account puts into groups.");
  PARLEY_RATE(searches, "Searches for people by one account.");
  PARLEY_RATE(momentary, "Typing and watch_presence frames of one account.");
  PARLEY_RATE(resumes, "Resumes of one account: the heads that they name, and one for each.");
  PARLEY_RATE(frames, "Frames of one WebSocket session, of all types.");
}

void AddAddressRates(std::vector<Setting>& table) {
  PARLEY_RATE(anonymous,
              "HTTP requests without a valid session from one address (of IPv6, one /64).");
  PARLEY_RATE(accounts, "Accounts made from one address.");
  PARLEY_RATE(sign_ins, "Sign-ins from one address, right or wrong.");
  PARLEY_RATE(failed_tokens, "Wrong tokens from one address.");
  PARLEY_RATE(websockets, "WebSockets opened from one address.");
  // Not called password_…: names like that are of secrets.
  AddRate(table,
          {"rates.guesses_per_minute",
           "Wrong passwords for one name from one address; beyond, tries are refused."},
          "rates.guesses_burst", PARLEY_FIELD(rates.guesses));
  AddRate(table,
          {"rates.guesses_all_per_minute",
           "Wrong passwords for one name from all addresses; beyond, tries are delayed."},
          "rates.guesses_all_burst", PARLEY_FIELD(rates.guesses_all));
  table.push_back(
      Reloadable(IntegerSetting({"rates.guess_delay_ms", "The longest of those delays."}, "ms",
                                kDelay, PARLEY_FIELD(rates.password_delay))));
}

#undef PARLEY_RATE

}  // namespace

void AddRates(std::vector<Setting>& table) {
  AddAccountRates(table);
  AddAddressRates(table);
}

}  // namespace parley::app
