#pragma once

#include <optional>

#include "client/cli/chat/screen.h"

namespace parley::client::cli::chat {

/// The number of the colour that a terminal of so many `colors` shows an ink in; none: its own.
/// Of the first 16 people choose the looks themselves; of 256 those are taken that can be read on
/// black and on white.
std::optional<int> ColorOf(Ink ink, int colors);

}  // namespace parley::client::cli::chat
