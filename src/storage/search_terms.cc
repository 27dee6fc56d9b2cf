#include "storage/search_terms.h"

#include <algorithm>

namespace parley::storage {

std::string ToLowerAscii(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::set<std::string> SearchTerms(const User& user) {
  std::set<std::string> terms = {user.username};
  const std::string name = ToLowerAscii(user.display_name);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts_word = name[i] != ' ' && (i == 0 || name[i - 1] == ' ');
    if (starts_word) terms.insert(name.substr(i));
  }
  return terms;
}

}  // namespace parley::storage
