#pragma once

namespace parley::bench {

/// parley-bench. Exit codes: 0 all went well; 1 something failed or is missing, or the server was
/// not reached; 2 usage; 130 interrupted, after the figures so far were printed.
int Main(int argc, char** argv);

}  // namespace parley::bench
