#include "app/log.h"

#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <unistd.h>

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace parley::app {
namespace {

void AppendJsonString(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

/// Whether a text stands for itself in `key=value`.
bool IsPlain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

void AppendValue(std::string& out, const LogField& field, LogFormat format) {
  std::visit(
      [&](const auto& value) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::string_view>) {
          if (format == LogFormat::kText && IsPlain(value)) {
            out += value;
          } else {
            AppendJsonString(out, value);
          }
        } else {
          fmt::format_to(std::back_inserter(out), "{}", value);
        }
      },
      field.value);
}

std::string FormatText(std::string_view message, Logger::Fields fields) {
  std::string line(message);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=");
    AppendValue(line, field, LogFormat::kText);
  }
  return line;
}

/// The part of the object behind time and level.
std::string FormatJson(std::string_view message, Logger::Fields fields) {
  std::string line("\"message\":");
  AppendJsonString(line, message);
  for (const LogField& field : fields) {
    line.push_back(',');
    AppendJsonString(line, field.key);
    line.push_back(':');
    AppendValue(line, field, LogFormat::kJson);
  }
  return line;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class SpdlogLogger : public ProcessLogger {
 public:
  /// With a pool the lines are written by its thread.
  SpdlogLogger(const LogSettings& settings, spdlog::sink_ptr sink,
               std::shared_ptr<spdlog::details::thread_pool> pool)
      : format_(settings.format), pool_(std::move(pool)) {
    if (pool_) {
      logger_ = std::make_shared<spdlog::async_logger>(
          "parley", std::move(sink), pool_, spdlog::async_overflow_policy::overrun_oldest);
    } else {
      logger_ = std::make_shared<spdlog::logger>("parley", std::move(sink));
    }
    const char* const pattern = format_ == LogFormat::kText
                                    ? "%Y-%m-%dT%H:%M:%S.%eZ %l %v"
                                    : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";
    logger_->set_pattern(pattern, spdlog::pattern_time_type::utc);
    logger_->set_level(ToSpdlog(settings.level));
  }

  bool Enabled(LogLevel level) const override { return logger_->should_log(ToSpdlog(level)); }

  void Log(LogLevel level, std::string_view message, Fields fields) override {
    if (!Enabled(level)) return;
    const std::string line =
        format_ == LogFormat::kText ? FormatText(message, fields) : FormatJson(message, fields);
    logger_->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
  }

  void SetLevel(LogLevel level) override { logger_->set_level(ToSpdlog(level)); }
  std::size_t queued() const override { return pool_ ? pool_->queue_size() : 0; }
  std::uint64_t dropped() const override { return pool_ ? pool_->overrun_counter() : 0; }

 private:
  const LogFormat format_;
  // The pool goes first of all: its thread writes what is queued, and then lets the logger go.
  std::shared_ptr<spdlog::logger> logger_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
};

}  // namespace

std::unique_ptr<ProcessLogger> MakeLogger(const LogSettings& settings, std::ostream* out) {
  if (out != nullptr) {
    return std::make_unique<SpdlogLogger>(
        settings, std::make_shared<spdlog::sinks::ostream_sink_mt>(*out, true), nullptr);
  }
  return std::make_unique<SpdlogLogger>(
      settings, std::make_shared<spdlog::sinks::stderr_sink_mt>(),
      std::make_shared<spdlog::details::thread_pool>(ProcessLogger::kMaxQueued, 1));
}

void LogAndFlush(const LogSettings& settings, LogLevel level, std::string_view message,
                 Logger::Fields fields) {
  constexpr unsigned kPatienceSeconds = 3;
  ::alarm(kPatienceSeconds);
  SpdlogLogger(settings, std::make_shared<spdlog::sinks::stderr_sink_mt>(), nullptr)
      .Log(level, message, fields);
  ::alarm(0);
}

}  // namespace parley::app
