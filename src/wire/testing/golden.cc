#include "wire/testing/golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <simdjson.h>

#include <gtest/gtest.h>

namespace parley::wire {
namespace {

std::string PathOf(std::string_view name) {
  return std::string(PARLEY_GOLDEN_DIR "/").append(name).append(".json");
}

}  // namespace

std::string ReadGolden(std::string_view name) {
  std::ifstream file(PathOf(name));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::string minified(text.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t size = 0;
  const auto error = simdjson::minify(text.data(), text.size(), minified.data(), size);
  minified.resize(error == simdjson::SUCCESS ? size : 0);
  return minified;
}

void ExpectGolden(std::string_view name, std::string_view json) {
  if (std::getenv("PARLEY_WRITE_GOLDEN") != nullptr) {
    std::ofstream(PathOf(name)) << json << '\n';
    return;
  }
  EXPECT_EQ(json, ReadGolden(name)) << PathOf(name);
}

}  // namespace parley::wire
