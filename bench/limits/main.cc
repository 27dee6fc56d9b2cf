#include "bench/limits/program.h"

int main(int argc, char** argv) { return parley::bench::LimitsMain(argc, argv); }
