#pragma once

#include <string>
#include <string_view>

namespace parley::wire {

// The files of api/golden: what goes over the wire, word by word, for the tests of every client.
// They are laid out for the eye; white space does not count.

/// The golden text of that name (without ".json"), without white space; empty if there is none.
std::string ReadGolden(std::string_view name);

/// Fails the test where `json` is not the golden text. With PARLEY_WRITE_GOLDEN in the environment
/// it writes the file instead: read what came of it.
void ExpectGolden(std::string_view name, std::string_view json);

}  // namespace parley::wire
