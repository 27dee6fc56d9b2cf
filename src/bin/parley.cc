#include <cstdio>

#include "client/cli/cli.h"

int main(int argc, char** argv) { return parley::client::cli::Main(argc, argv, stdout, stderr); }
