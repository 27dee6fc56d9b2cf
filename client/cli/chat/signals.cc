#include "client/cli/chat/signals.h"

#include <stdexcept>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace parley::client::cli::chat {

Signals::Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH}) {
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  fd_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd_ < 0) throw std::runtime_error("no file descriptors are left");
}

Signals::~Signals() { close(fd_); }

std::optional<int> Signals::Next() {
  signalfd_siginfo info{};
  if (read(fd_, &info, sizeof info) != sizeof info) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

void Signals::StopProgram() {
  // Curses has its own idea of what to do then.
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &standard, nullptr);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  raise(SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);  // here it stops
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  // That it goes on is known here, and need not be told again.
  sigset_t go_on;
  sigemptyset(&go_on);
  sigaddset(&go_on, SIGCONT);
  const timespec at_once{};
  sigtimedwait(&go_on, nullptr, &at_once);
}

}  // namespace parley::client::cli::chat
