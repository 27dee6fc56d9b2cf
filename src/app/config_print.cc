#include <cstdio>

#include <fmt/core.h>

#include "app/commands.h"

namespace parley::app {

int RunConfigPrint(const LoadedConfig& loaded) {
  for (const std::string& warning : loaded.warnings) fmt::print(stderr, "warning: {}\n", warning);
  fmt::print("{}", PrintConfig(loaded));
  return 0;
}

}  // namespace parley::app
