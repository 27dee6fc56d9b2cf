#pragma once

#include <chrono>
#include <cstddef>

namespace parley::limits {

/// What may be done in the long run, and at once by who was quiet before.
struct Rate {
  std::size_t per_minute = 1;  ///< at least 1
  std::size_t burst = 1;       ///< at least 1

  bool operator==(const Rate&) const = default;
};

/// All rates with their defaults (section [rates] of the configuration): values that a person never
/// meets, nor a family or an office behind one address.
struct RateSettings {
  // Of one account, over all its sessions.
  Rate requests{6'000, 3'000};
  Rate sends{3'000, 3'000};  ///< by HTTP and WebSocket together
  Rate conversations{300, 1'500};
  Rate members{3'000, 5'000};  ///< each person counts that is put into a group
  Rate searches{300, 300};
  Rate momentary{1'200, 600};     ///< typing, presence
  Rate resumes{60'000, 100'000};  ///< each head counts that a resume names, and the resume

  // Of one WebSocket session.
  Rate frames{12'000, 6'000};

  // Of one address; of IPv6, of one /64.
  Rate anonymous{6'000, 3'000};  ///< requests without a valid session
  Rate accounts{60, 600};
  Rate sign_ins{120, 600};
  Rate failed_tokens{120, 600};
  Rate websockets{1'200, 1'200};

  // Passwords that are tried for one name.
  Rate guesses{5, 20};       ///< from one address: beyond, refused
  Rate guesses_all{12, 50};  ///< from all addresses together: beyond, delayed
  std::chrono::milliseconds password_delay{5'000};  ///< the longest delay

  bool operator==(const RateSettings&) const = default;
};

}  // namespace parley::limits
