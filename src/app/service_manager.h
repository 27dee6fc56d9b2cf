#pragma once

#include <string_view>

namespace parley::app {

// What systemd is told of the service's state (sd_notify(3)): one datagram to the socket that the
// variable NOTIFY_SOCKET names. Without the variable nothing is told. libsystemd would be a
// dependency for these few lines.

/// It serves.
void NotifyReady();
/// It rereads its configuration; NotifyReady follows.
void NotifyReloading();
/// It is ending.
void NotifyStopping();

}  // namespace parley::app
