#include "client/cli/password.h"

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace parley::client::cli {
namespace {

/// The terminal of the process, with echo off while it lives.
class QuietTerminal {
 public:
  QuietTerminal() : terminal_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    quiet_ = terminal_ >= 0 && tcgetattr(terminal_, &before_) == 0;
    if (!quiet_) return;
    termios changed = before_;
    changed.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet_ = tcsetattr(terminal_, TCSAFLUSH, &changed) == 0;
  }
  ~QuietTerminal() {
    if (quiet_) tcsetattr(terminal_, TCSAFLUSH, &before_);
    if (terminal_ >= 0) close(terminal_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool usable() const { return quiet_; }

  std::string Ask(std::string_view question) {
    Print(question);
    std::string line;
    char c = 0;
    while (read(terminal_, &c, 1) == 1 && c != '\n') line += c;
    Print("\n");
    return line;
  }

 private:
  void Print(std::string_view text) {
    // A prompt that cannot be shown does no harm.
    [[maybe_unused]] const ssize_t written = write(terminal_, text.data(), text.size());
  }

  int terminal_;
  termios before_{};
  bool quiet_ = false;
};

Result<std::string> AskPassword(PasswordUse use) {
  QuietTerminal terminal;
  if (!terminal.usable()) {
    return InvalidArgument(
        "no terminal to ask for the password: use --password-stdin or PARLEY_PASSWORD");
  }
  std::string password = terminal.Ask(use == PasswordUse::kNew ? "New password: " : "Password: ");
  if (use == PasswordUse::kNew && terminal.Ask("The same again: ") != password) {
    return InvalidArgument("the two passwords differ");
  }
  return password;
}

}  // namespace

Result<std::string> ReadPassword(PasswordSource source, PasswordUse use) {
  if (source == PasswordSource::kStdin) {
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return InvalidArgument("standard input has no password");
    return line;
  }
  if (const char* given = std::getenv("PARLEY_PASSWORD"); given != nullptr && *given != '\0') {
    return std::string(given);
  }
  return AskPassword(use);
}

}  // namespace parley::client::cli
