#include "app/service_manager.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/core.h>

namespace parley::app {
namespace {

/// A manager that cannot be reached is no reason not to serve: errors are left alone.
void Notify(std::string_view state) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return;
  const std::size_t length = std::strlen(path);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (length == 0 || length >= sizeof(address.sun_path)) return;
  std::memcpy(address.sun_path, path, length);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // the abstract name space
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address),
           size);
  ::close(fd);
}

}  // namespace

void NotifyReady() { Notify("READY=1"); }

void NotifyReloading() {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t micros = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
  Notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", micros));
}

void NotifyStopping() { Notify("STOPPING=1"); }

}  // namespace parley::app
