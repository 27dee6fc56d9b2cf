#include "app/reload.h"

namespace parley::app {

Reloader::Report Reloader::Reload() {
  Report report;
  Result<LoadedConfig> fresh = LoadConfig(sources_, table_);
  if (!fresh.ok()) {
    report.status = fresh.status();
    return report;
  }
  for (const Setting& setting : table_) {
    const std::string value = setting.show(fresh->config);
    const Config& in_effect = setting.reloadable ? current_ : started_;
    if (value == setting.show(in_effect)) continue;
    (setting.reloadable ? report.changed : report.at_next_start).emplace_back(setting.name);
  }
  current_ = std::move(fresh->config);
  if (!report.changed.empty()) apply_(current_);
  return report;
}

}  // namespace parley::app
