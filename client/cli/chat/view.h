#pragma once

#include "client/cli/chat/screen.h"
#include "client/cli/chat/state.h"

namespace parley::client::cli::chat {

/// Draws all of it, at whatever size the state has.
Screen Draw(const State& state);

}  // namespace parley::client::cli::chat
