#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config.h"
#include "app/host_facts.h"

namespace parley::app {

/// Told to programs by name (`--json`): append only.
enum class Severity : std::uint8_t {
  kOk,       ///< looked at, and well
  kWarning,  ///< works, but not as well or as safely as it should
  kError,    ///< the server will not start, or loses what it promises to keep
};

/// One thing that the doctor looked at.
struct Finding {
  Severity severity = Severity::kOk;
  std::string_view check;  ///< a stable name: "disk.space"
  std::string message;     ///< what is the case
  std::string advice;      ///< what to do; empty where all is well
};

/// What is unsafe in these settings. Pure. One finding for each check, well or not.
std::vector<Finding> CheckSettings(const Config& config);

/// What the machine lacks for these settings. Pure. One finding for each check that could be made.
std::vector<Finding> CheckHost(const Config& config, const HostFacts& facts);

}  // namespace parley::app
