#pragma once

#include <optional>

#include "client/cli/chat/screen.h"
#include "client/cli/chat/state.h"

namespace parley::client::cli::chat {

/// Where the parts of the screen lie. Those for which there is no room have no rows.
struct Panes {
  bool both = false;  ///< list and conversation side by side
  bool tall = false;  ///< room for rules between the parts
  Box list_title;
  Box list;
  Box title;  ///< of the conversation
  Box past;
  Box edge;  ///< between past and writing
  Box write;
  Box status;
};

/// The columns that the past has for text: lines that are longer are hard to read.
int TextCols(const Panes& panes);

/// Every box lies within the screen, whatever its size.
Panes PanesOf(const State& state);

}  // namespace parley::client::cli::chat
