#include "bus/nats/nats_options.h"

#include <algorithm>
#include <string>
#include <utility>

namespace parley::bus {
namespace {

constexpr int kMaxPingsOut = 2;
constexpr std::int64_t kJitterMs = 50;
/// libnats' own: "for ever".
constexpr int kEndless = -1;

/// Remembers the first option that libnats refuses.
class Checker {
 public:
  void operator()(natsStatus status, const char* what) {
    if (status == NATS_OK || !error_.empty()) return;
    const char* const detail = nats_GetLastError(nullptr);
    error_ = std::string("the NATS client refuses ") + what + ": " +
             (detail != nullptr && *detail != '\0' ? detail : natsStatus_GetText(status));
  }
  Status status() const { return error_.empty() ? Status::Ok() : InvalidArgument(error_); }

 private:
  std::string error_;
};

bool UsesTls(const NatsLinkOptions& options) {
  return !options.ca_file.empty() || std::ranges::any_of(options.urls, [](const std::string& url) {
    return url.starts_with("tls://");
  });
}

void SetTimes(natsOptions* out, const NatsLinkOptions& options, Checker& check) {
  check(natsOptions_SetTimeout(out, options.connect_timeout.count()), "its connect time-out");
  check(natsOptions_SetMaxReconnect(out, kEndless), "endless reconnects");
  check(natsOptions_SetReconnectWait(out, options.reconnect_wait.count()), "its reconnect wait");
  check(natsOptions_SetReconnectJitter(out, kJitterMs, kJitterMs), "its reconnect jitter");
  check(natsOptions_SetReconnectBufSize(out, options.reconnect_buffer_bytes),
        "its reconnect buffer");
  check(natsOptions_SetPingInterval(out, options.ping_interval.count()), "its ping interval");
  check(natsOptions_SetMaxPingsOut(out, kMaxPingsOut), "its number of pings");
  check(natsOptions_SetWriteDeadline(out, options.write_timeout.count()), "its write time-out");
}

void SetSecrets(natsOptions* out, const NatsLinkOptions& options, Checker& check) {
  if (!options.user.empty()) {
    check(natsOptions_SetUserInfo(out, options.user.c_str(), options.password.c_str()),
          "its user name and password");
  }
  if (!UsesTls(options)) return;
  check(natsOptions_SetSecure(out, true), "TLS");
  if (!options.ca_file.empty()) {
    check(natsOptions_LoadCATrustedCertificates(out, options.ca_file.c_str()),
          "the file of trusted certificates");
  }
}

}  // namespace

Result<NatsOptionsPtr> MakeNatsOptions(const NatsLinkOptions& options,
                                       const NatsCallbacks& callbacks) {
  if (options.urls.empty()) return InvalidArgument("name at least one NATS server");
  natsOptions* made = nullptr;
  Checker check;
  check(natsOptions_Create(&made), "to begin");
  if (made == nullptr) return check.status();
  NatsOptionsPtr out(made);
  std::vector<const char*> urls;
  urls.reserve(options.urls.size());
  for (const std::string& url : options.urls) urls.push_back(url.c_str());
  check(natsOptions_SetServers(made, urls.data(), static_cast<int>(urls.size())),
        "the addresses of the servers");
  // Those that it is told of alone: what servers call each other may mean nothing here.
  check(natsOptions_SetIgnoreDiscoveredServers(made, true), "to keep to the servers that it knows");
  check(natsOptions_SetName(made, options.name.c_str()), "its name");
  check(natsOptions_SetNoEcho(made, true), "silence about its own messages");
  // Else a message on its own waits a millisecond for company.
  check(natsOptions_SetSendAsap(made, true), "to send at once");
  check(natsOptions_UseGlobalMessageDelivery(made, options.shared_delivery), "its threads");
  SetTimes(made, options, check);
  SetSecrets(made, options, check);
  check(natsOptions_SetDisconnectedCB(made, callbacks.disconnected, callbacks.closure),
        "callbacks");
  check(natsOptions_SetReconnectedCB(made, callbacks.reconnected, callbacks.closure), "callbacks");
  check(natsOptions_SetClosedCB(made, callbacks.closed, callbacks.closure), "callbacks");
  check(natsOptions_SetErrorHandler(made, callbacks.failed, callbacks.closure), "callbacks");
  PARLEY_TRY(check.status());
  return out;
}

Status ConnectionFailure(natsStatus status) {
  switch (status) {
    case NATS_CONNECTION_AUTH_FAILED:
      return Unavailable(
          "the NATS servers refuse the user name or password: check bus.nats.username and "
          "bus.nats.password");
    case NATS_SECURE_CONNECTION_REQUIRED:
      return Unavailable("the NATS servers want TLS: write tls:// in bus.nats.urls");
    case NATS_SECURE_CONNECTION_WANTED:
      return Unavailable("the NATS servers do not offer TLS: write nats:// in bus.nats.urls");
    case NATS_SSL_ERROR:
      return Unavailable(
          "there is no TLS connection to the NATS servers: check their certificates and "
          "bus.nats.ca_file");
    case NATS_NO_SERVER:
      return Unavailable(
          "no NATS server can be reached: check bus.nats.urls, and whether they run");
    default:
      return Unavailable(std::string("there is no connection to NATS: ") +
                         natsStatus_GetText(status));
  }
}

}  // namespace parley::bus
