// Sends the connections of one program elsewhere, for tests: loaded before it (LD_PRELOAD), it
// takes the place of connect(). TEST_DETOURS says which:
// "127.0.0.1:9042>127.0.0.1:20001,127.0.0.2:9042>127.0.0.1:20002", IPv4 alone.
//
// So a gate (gates.py) stands between that program and a server, wherever the program got the
// server's address from: its settings, or the server's peers. What it takes is no right and no
// kernel module, so it works in any container.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

using Detour = std::pair<sockaddr_in, sockaddr_in>;  // from, to

[[noreturn]] void Refuse(const std::string& what) {
  std::fprintf(stderr, "detour: TEST_DETOURS: %s is not ADDRESS:PORT>ADDRESS:PORT\n", what.c_str());
  std::abort();
}

sockaddr_in Parse(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (colon == std::string::npos ||
      inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.sin_addr) != 1) {
    Refuse(text);
  }
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 1)));
  return address;
}

std::vector<Detour> ReadDetours() {
  std::vector<Detour> detours;
  const char* const given = std::getenv("TEST_DETOURS");
  std::string_view rest = given != nullptr ? given : "";
  while (!rest.empty()) {
    const std::string one(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const std::size_t arrow = one.find('>');
    if (arrow == std::string::npos) Refuse(one);
    detours.emplace_back(Parse(one.substr(0, arrow)), Parse(one.substr(arrow + 1)));
  }
  return detours;
}

/// Where a connection to `address` goes instead, or null.
const sockaddr_in* DetourOf(const sockaddr* address, socklen_t size) {
  static const std::vector<Detour> detours = ReadDetours();
  if (address == nullptr || size < sizeof(sockaddr_in) || address->sa_family != AF_INET)
    return nullptr;
  const auto* wanted = reinterpret_cast<const sockaddr_in*>(address);
  for (const auto& [from, to] : detours) {
    if (from.sin_port == wanted->sin_port && from.sin_addr.s_addr == wanted->sin_addr.s_addr)
      return &to;
  }
  return nullptr;
}

}  // namespace

extern "C" int connect(int socket, const sockaddr* address, socklen_t size) {
  using Connect = int (*)(int, const sockaddr*, socklen_t);
  static const auto real = reinterpret_cast<Connect>(dlsym(RTLD_NEXT, "connect"));
  const sockaddr_in* const to = DetourOf(address, size);
  if (to != nullptr) return real(socket, reinterpret_cast<const sockaddr*>(to), sizeof *to);
  return real(socket, address, size);
}
