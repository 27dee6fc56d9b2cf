#pragma once

namespace parley::bench {

/// The program parley-limits: its exit code.
int LimitsMain(int argc, char** argv);

}  // namespace parley::bench
