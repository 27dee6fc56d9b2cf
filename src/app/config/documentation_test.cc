#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/setting.h"

namespace parley::app {
namespace {

std::string ReadDocument() {
  std::ifstream file(PARLEY_DOCS_DIR "/configuration.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The table as the document must hold it.
std::string ExpectedTable() {
  std::string table =
      "| setting | default | unit | accepts | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const Setting& setting : Settings()) {
    table += fmt::format("| `{}`{} | `{}` | {} | {} | {} |\n", setting.name,
                         setting.reloadable ? " ↻" : "", setting.show(Config()), setting.unit,
                         setting.accepts, setting.meaning);
  }
  return table;
}

TEST(Documentation, HoldsTheTableOfSettings) {
  EXPECT_THAT(ReadDocument(), testing::HasSubstr("\n" + ExpectedTable() + "\n"))
      << "Put this table into docs/configuration.md:\n\n"
      << ExpectedTable();
}

}  // namespace
}  // namespace parley::app
