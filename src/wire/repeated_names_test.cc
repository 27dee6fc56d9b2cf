#include "wire/repeated_names.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace parley::wire {
namespace {

bool Repeats(const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return HasRepeatedName(views);
}

std::vector<std::string> Names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("name " + std::to_string(i * 7'919));
  return names;
}

TEST(HasRepeatedName, WhereverTheSecondStands_IsFound) {
  for (const std::size_t count : {2U, 3U, 12U, 13U, 14U, 100U, 1'000U}) {
    EXPECT_FALSE(Repeats(Names(count))) << count;
    for (const std::size_t first : {std::size_t{0}, (count - 1) / 2, count - 2}) {
      std::vector<std::string> names = Names(count);
      names.back() = names[first];
      EXPECT_TRUE(Repeats(names)) << count << " names, as " << first;
    }
  }
}

TEST(HasRepeatedName, OfNoneAndOne_IsFalse) {
  EXPECT_FALSE(Repeats({}));
  EXPECT_FALSE(Repeats({""}));
  EXPECT_TRUE(Repeats({"", ""}));
}

TEST(HasRepeatedName, NamesThatBeginAlike_AreNotTakenForTheSame) {
  std::vector<std::string> names;
  for (std::size_t size = 0; size < 50; ++size) names.emplace_back(size, 'x');
  EXPECT_FALSE(Repeats(names));
  names.emplace_back(20, 'x');
  EXPECT_TRUE(Repeats(names));
}

TEST(HasRepeatedName, NamesChosenToMeet_AreComparedAllTheSame) {
  // All of them begin at a few places of the table.
  std::vector<std::string> names;
  for (std::size_t i = 0; names.size() < 200; ++i) {
    std::string name = std::to_string(i);
    if ((std::hash<std::string_view>()(name) & 511) < 2) names.push_back(std::move(name));
  }
  EXPECT_FALSE(Repeats(names));
  names.back() = names.front();
  EXPECT_TRUE(Repeats(names));
}

}  // namespace
}  // namespace parley::wire
