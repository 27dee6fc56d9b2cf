#pragma once

#include <iosfwd>
#include <memory>

#include "app/config/config.h"
#include "base/log.h"

namespace parley::app {

/// The log of the program: one line per event on standard error (or `out`, which must outlive it),
/// as text
///   2026-01-31T12:00:00.000Z info the store is open conversations=12
/// or as one JSON object with time (UTC), level, message and the fields. Each line is written and
/// flushed before Log returns.
std::unique_ptr<Logger> MakeLogger(const LogSettings& settings, std::ostream* out = nullptr);

}  // namespace parley::app
