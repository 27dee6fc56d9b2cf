#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>

#include "app/config/config.h"
#include "base/log.h"

namespace parley::app {

/// The log of the program, with what its operator may change and see. Any thread.
class ProcessLogger : public Logger {
 public:
  /// Lines that may wait to be written; beyond it the oldest is lost, and counted.
  static constexpr std::size_t kMaxQueued = 8'192;

  virtual void SetLevel(LogLevel level) = 0;
  /// Lines that wait.
  virtual std::size_t queued() const = 0;
  /// Lines lost so far.
  virtual std::uint64_t dropped() const = 0;
};

/// One line per event on standard error (or `out`, which must outlive it), as text
///   2026-01-31T12:00:00.000Z info the store is open conversations=12
/// or as one JSON object with time (UTC), level, message and the fields.
///
/// Standard error is written by a thread of its own, so that nobody who logs waits for whoever
/// reads it; what is queued is written before the destructor returns. Lines to `out` are written
/// before Log returns.
std::unique_ptr<ProcessLogger> MakeLogger(const LogSettings& settings, std::ostream* out = nullptr);

/// For the last words of a process that ends at once: one line on standard error, written before
/// the return. Gives up, and ends the process, if nobody reads it for some seconds.
void LogAndFlush(const LogSettings& settings, LogLevel level, std::string_view message,
                 Logger::Fields fields);

}  // namespace parley::app
