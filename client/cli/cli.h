#pragma once

#include <cstdio>

namespace parley::client::cli {

/// The whole program `parley`: reads the command line, does what it says with results to `out` and
/// errors to `err`, answers the exit code: 0 done, 1 an error, 2 a command line that cannot be
/// understood.
int Main(int argc, const char* const* argv, std::FILE* out, std::FILE* err);

}  // namespace parley::client::cli
