#pragma once

#include <optional>

#include "base/time.h"
#include "model/ids.h"

namespace parley::chat {

// A client_id of version 7 (RFC 9562) tells when it was made, by the clock of the client, which may
// be wrong. That is enough to know most new sends without a look into the store, and never takes
// an old one for new:
//
// Let `until` be the latest CountedTime of some earlier sends, and X one of them, sent again within
// kIdempotencyWindow. If X was counted, it was not made after `until`. If it was not, it claims to
// be from a time that is still far ahead now. IsMadeAfter is false either way, whatever the clocks
// of the clients show, as long as those of the servers agree within a day less an hour. A client
// whose clock is wrong costs looks into the store, no more.

/// The time that counts of a send of a moment `at`: nothing but of version 7, nor what claims to be
/// from longer ahead than a repetition can come (so that no one send spoils it for ever).
std::optional<TimePoint> CountedTime(ClientId client_id, TimePoint at);

/// Whether it is certainly none of those whose latest CountedTime is `until`.
bool IsMadeAfter(ClientId client_id, TimePoint until, TimePoint now);

}  // namespace parley::chat
