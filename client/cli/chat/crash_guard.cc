#include "client/cli/chat/crash_guard.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <signal.h>
#include <unistd.h>

namespace parley::client::cli::chat {
namespace {

constexpr std::array kCrashes = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

// What a signal handler may touch: no memory that has to be asked for.
struct Guard {
  std::atomic<bool> armed{false};
  std::array<char, 512> text{};
  std::size_t size = 0;
  termios modes{};
};
Guard guard;

void OnCrash(int signal) {
  if (guard.armed.exchange(false)) {
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, guard.text.data(), guard.size);
    tcsetattr(STDIN_FILENO, TCSANOW, &guard.modes);
  }
  // Its default action is back (SA_RESETHAND): now it ends the program.
  raise(signal);
}

}  // namespace

void ArmCrashGuard(const std::string& text, const termios& modes) {
  guard.size = std::min(text.size(), guard.text.size());
  std::copy_n(text.begin(), guard.size, guard.text.begin());
  guard.modes = modes;
  guard.armed = true;
  struct sigaction action{};
  action.sa_handler = OnCrash;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : kCrashes) sigaction(signal, &action, nullptr);
}

void DisarmCrashGuard() {
  guard.armed = false;
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  for (const int signal : kCrashes) sigaction(signal, &action, nullptr);
}

}  // namespace parley::client::cli::chat
