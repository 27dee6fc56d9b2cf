// `parleyd doctor`: what would trouble a server here, and what to do about it.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "app/commands.h"
#include "app/doctor_checks.h"
#include "app/doctor_cluster.h"
#include "app/host_facts.h"
#include "wire/json_writer.h"

namespace parley::app {
namespace {

constexpr int kOnlyWarnings = 1;
constexpr int kErrors = 3;  // 2 is wrong usage, as everywhere

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kOk:
      return "ok";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

std::size_t Count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<std::size_t>(std::ranges::count(findings, severity, &Finding::severity));
}

void PrintText(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    fmt::print("{:<8} {}: {}\n", SeverityName(finding.severity), finding.check, finding.message);
    if (!finding.advice.empty()) fmt::print("         -> {}\n", finding.advice);
  }
  fmt::print("\n{} checks: {} errors, {} warnings\n", findings.size(),
             Count(findings, Severity::kError), Count(findings, Severity::kWarning));
}

void PrintJson(const std::vector<Finding>& findings) {
  fmt::print(
      "{}\n", wire::ToJson([&](wire::JsonWriter& json) {
        json.BeginObject();
        json.Key("errors").Int(static_cast<std::int64_t>(Count(findings, Severity::kError)));
        json.Key("warnings").Int(static_cast<std::int64_t>(Count(findings, Severity::kWarning)));
        json.Key("findings").BeginArray();
        for (const Finding& finding : findings) {
          json.BeginObject();
          json.Key("severity").String(SeverityName(finding.severity));
          json.Key("check").String(finding.check);
          json.Key("message").String(finding.message);
          json.Key("advice").String(finding.advice);
          json.EndObject();
        }
        json.EndArray().EndObject();
      }));
}

}  // namespace

int RunDoctor(const LoadedConfig& loaded, const ConfigSources& sources, DoctorFormat format) {
  std::vector<Finding> findings = CheckSettings(loaded.config);
  for (const std::string& warning : loaded.warnings) {
    findings.push_back(
        {Severity::kWarning, "settings.names", warning, "correct the name, or take it away"});
  }
  for (Finding& finding : CheckHost(loaded.config, ReadHostFacts(loaded.config, sources.file))) {
    findings.push_back(std::move(finding));
  }
  for (Finding& finding : CheckCluster(loaded.config)) findings.push_back(std::move(finding));
  if (format == DoctorFormat::kJson) {
    PrintJson(findings);
  } else {
    PrintText(findings);
  }
  if (Count(findings, Severity::kError) > 0) return kErrors;
  return Count(findings, Severity::kWarning) > 0 ? kOnlyWarnings : 0;
}

}  // namespace parley::app
