#include "bench/program.h"

int main(int argc, char** argv) { return parley::bench::Main(argc, argv); }
