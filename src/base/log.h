#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace parley {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// One named value of a log line: `{"conversations", 12}`. Lives as long as the call that logs it.
struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, std::uint64_t, bool> value;

  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  LogField(std::string_view name, bool flag) : key(name), value(flag) {}
  template <std::signed_integral T>
  LogField(std::string_view name, T number) : key(name), value(std::int64_t{number}) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view name, T number) : key(name), value(std::uint64_t{number}) {}
};

/// Where the program tells its operator what happens. Given to whoever logs; any thread.
///
/// A message is a short constant sentence; what varies goes into the fields, with the request id
/// where there is one. Something is logged once, where it is handled. Never: what people write,
/// tokens, passwords, whole addresses.
///
///   log.Info("the store is open", {{"conversations", 12}});
class Logger {
 public:
  using Fields = std::initializer_list<LogField>;

  virtual ~Logger() = default;

  virtual bool Enabled(LogLevel level) const = 0;
  virtual void Log(LogLevel level, std::string_view message, Fields fields) = 0;

  void Debug(std::string_view message, Fields fields = {}) {
    Log(LogLevel::kDebug, message, fields);
  }
  void Info(std::string_view message, Fields fields = {}) { Log(LogLevel::kInfo, message, fields); }
  void Warning(std::string_view message, Fields fields = {}) {
    Log(LogLevel::kWarning, message, fields);
  }
  void Error(std::string_view message, Fields fields = {}) {
    Log(LogLevel::kError, message, fields);
  }
};

/// Says nothing.
class NullLogger : public Logger {
 public:
  bool Enabled(LogLevel /*level*/) const override { return false; }
  void Log(LogLevel /*level*/, std::string_view /*message*/, Fields /*fields*/) override {}
};

}  // namespace parley
