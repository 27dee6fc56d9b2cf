#pragma once

#include <set>
#include <string>
#include <string_view>

#include "model/user.h"

/// What people are found by: the same in every engine. Pure.
namespace parley::storage {

/// ASCII letters in lower case; all else as it is.
std::string ToLowerAscii(std::string_view text);

/// What a person is found by, each by every start of it: the username, and the display name from
/// each of its words on; in lower case.
std::set<std::string> SearchTerms(const User& user);

}  // namespace parley::storage
