// Preloaded into a program, shows it the time of day SHIFTED_CLOCK_S seconds later. (libfaketime
// does that, but asks for memory when it starts, while jemalloc asks it for the time.)

#include <cstdlib>
#include <ctime>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  if (syscall(SYS_clock_gettime, clock, now) != 0) return -1;
  const char* seconds = getenv("SHIFTED_CLOCK_S");
  if (seconds != nullptr && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += strtol(seconds, nullptr, 10);
  }
  return 0;
}
