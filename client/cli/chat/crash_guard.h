#pragma once

#include <string>
#include <termios.h>

namespace parley::client::cli::chat {

/// While armed, a signal that ends the program by a bug (SIGSEGV, SIGABRT, …) first writes `text`
/// to standard output and sets `modes`, so that the terminal can be used again.
void ArmCrashGuard(const std::string& text, const termios& modes);
void DisarmCrashGuard();

}  // namespace parley::client::cli::chat
